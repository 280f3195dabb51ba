/// What is wrong with the configuration: one line a problem, each naming the variable, its value and what to do.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    public var problems: [String]

    public init(_ problems: [String]) {
        self.problems = problems
    }

    public var description: String { problems.joined(separator: "\n") }

    /// The exit code of a process that can't start for its configuration (`EX_CONFIG` of sysexits.h).
    public static let exitCode: Int32 = 78
}

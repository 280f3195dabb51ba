import Foundation

/// What is to be measured, and how much.
struct Options {
    let isQuick: Bool
    let runs: Int
    private let numbers: Set<Int>?

    /// `LINES=1,2`, `QUICK=1` and `--quick`, as arguments or (the first two) in the environment.
    init(_ arguments: [String]) throws {
        var values = ProcessInfo.processInfo.environment.filter { ["LINES", "QUICK"].contains($0.key) }
        for argument in arguments where argument != "--quick" {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["LINES", "QUICK"].contains(parts[0]) else {
                throw UsageError(description: "usage: bench [LINES=1,2,…] [--quick]; what is '\(argument)'?")
            }
            values[parts[0]] = parts[1]
        }
        isQuick = arguments.contains("--quick") || ["1", "yes", "true"].contains(values["QUICK"] ?? "")
        runs = 3
        let lines = values["LINES"] ?? ""
        numbers = lines.isEmpty ? nil : Set(lines.split(separator: ",").compactMap { Int($0) })
    }

    func includes(_ line: Int) -> Bool { numbers?.contains(line) ?? true }

    /// The full number, or a smaller one for a quick run.
    func count(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }
}

struct UsageError: Error, CustomStringConvertible {
    let description: String
}

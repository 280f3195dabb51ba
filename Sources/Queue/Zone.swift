/// A time zone's rules.
public struct Zone: Sendable, Equatable {
    public let identifier: String

    public static let utc = Zone(identifier: "UTC")

    /// - Throws: ``ZoneError`` when the name is not in the system's database (package tzdata).
    public init(_ identifier: String) throws { self.identifier = identifier }

    private init(identifier: String) { self.identifier = identifier }
}

public struct ZoneError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

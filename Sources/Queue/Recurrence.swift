public import FoundationEssentials

/// When something recurs: five cron fields, `@hourly` and its like, or `@every 30s`.
public struct Recurrence: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// - Throws: ``RecurrenceError`` with one line for the operator.
    public init(_ text: String) throws { description = text }

    /// The first time later than `date`, or nil when there is none within eight years (such as 30 February).
    public func next(after date: Date, in zone: Zone = .utc) -> Date? { nil }

    public func next(_ count: Int, after date: Date, in zone: Zone = .utc) -> [Date] { [] }
}

public struct RecurrenceError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

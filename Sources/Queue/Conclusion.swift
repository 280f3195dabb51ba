public import FoundationEssentials

/// How an attempt ended; told to the application before Redis hears of it.
public enum Conclusion: Sendable, Equatable {
    case retry(at: Date, JobFailure)
    /// No attempt is burnt.
    case snooze(until: Date, reason: String)
    /// To the dead set: the last attempt failed, or the job can't succeed.
    case bury(JobFailure)
    case cancelled
    /// The deadline passed before it started.
    case expired
    /// A shutdown interrupted it: it is at the head of its queue again.
    case givenBack
    case completed
}

/// Why an attempt failed, in a form that may be stored and shown to operators.
public struct JobFailure: Sendable, Equatable {
    /// A stable word in snake case: `time_limit`, `unrecoverable`, `failed` or what a ``FailureCoded`` error says.
    public let code: String
    /// At most 10 kB are kept.
    public let message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// An error that brings its own failure code.
public protocol FailureCoded: Error {
    var failureCode: String { get }
}

/// Thrown by a handler whose job can't ever succeed: the job is buried at once.
public struct Unrecoverable: FailureCoded, CustomStringConvertible {
    public let reason: String
    public let failureCode: String

    public init(_ reason: String, code: String = "unrecoverable") {
        self.reason = reason
        self.failureCode = code
    }

    public var description: String { reason }
}

/// Thrown by a handler that can't work now, as under a rate limit: the job runs again later and no attempt is burnt.
public struct Snooze: Error, Sendable {
    public let delay: Duration
    public let reason: String

    public init(for delay: Duration, reason: String) {
        self.delay = delay
        self.reason = reason
    }
}

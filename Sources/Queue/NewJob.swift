public import FoundationEssentials
public import Identifiers

/// A job that is about to be enqueued.
public struct NewJob: Sendable {
    public let id: JobID
    public let kind: String
    public let payload: [UInt8]
    public let policy: JobPolicy
    public let priority: JobPriority
    /// Whose work it is: for fairness, limits and inspection.
    public let account: String?
    /// Not before this time; nil is now.
    public let runAt: Date?
    /// Not started after this time: it then ends as expired.
    public let deadline: Date?
    /// The W3C trace context of the enqueuer.
    public let traceparent: String?

    /// - Throws: what the payload's encoder throws.
    public init<J: Job>(
        _ job: J, id: JobID = .fresh(), account: String? = nil, runAt: Date? = nil, deadline: Date? = nil,
        priority: JobPriority? = nil, traceparent: String? = nil
    ) throws {
        self.init(
            kind: J.kind, payload: try job.encodedPayload(), policy: J.policy, id: id, account: account, runAt: runAt,
            deadline: deadline, priority: priority, traceparent: traceparent)
    }

    /// A job from stored parts, as when the Store's rows are enqueued again.
    public init(
        kind: String, payload: [UInt8], policy: JobPolicy, id: JobID, account: String? = nil, runAt: Date? = nil,
        deadline: Date? = nil, priority: JobPriority? = nil, traceparent: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.payload = payload
        self.policy = policy
        self.priority = priority ?? policy.priority
        self.account = account
        self.runAt = runAt
        self.deadline = deadline
        self.traceparent = traceparent
    }
}

/// What an enqueue did.
public enum Enqueued: Sendable, Equatable {
    case accepted
    /// The queue held a tracked job of this id already, in any state; nothing was changed.
    case alreadyKnown
}

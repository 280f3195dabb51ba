public import FoundationEssentials
public import Identifiers

/// One run of a job by a handler.
public struct Attempt: Sendable {
    public let id: JobID
    public let kind: String
    public let queue: String
    public let priority: JobPriority
    /// From 1; attempts that were snoozed, interrupted or lost with their worker are not counted.
    public let number: Int
    /// The last number; a failure of it buries the job.
    public let maximum: Int
    /// How often a worker died with it.
    public let recoveries: Int
    /// How often a shutdown gave it back.
    public let interruptions: Int
    /// The fencing token: greater than that of every earlier claim of this job. Pass it with every write.
    public let fence: Int64
    public let account: String?
    public let traceparent: String?
    public let enqueuedAt: Date
    public let deadline: Date?
    public let isTracked: Bool

    public init(
        id: JobID, kind: String, queue: String, priority: JobPriority = .normal, number: Int = 1, maximum: Int = 1,
        recoveries: Int = 0, interruptions: Int = 0, fence: Int64, account: String? = nil, traceparent: String? = nil,
        enqueuedAt: Date, deadline: Date? = nil, isTracked: Bool = true
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.priority = priority
        self.number = number
        self.maximum = maximum
        self.recoveries = recoveries
        self.interruptions = interruptions
        self.fence = fence
        self.account = account
        self.traceparent = traceparent
        self.enqueuedAt = enqueuedAt
        self.deadline = deadline
        self.isTracked = isTracked
    }

    /// A failure of this attempt buries the job.
    public var isLast: Bool { number >= maximum }
}

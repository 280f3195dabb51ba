public import FoundationEssentials
public import Identifiers

/// Where a job is.
public enum JobState: String, Sendable, CaseIterable, Codable {
    case ready, scheduled, retrying, running, dead
    /// Ended; remembered for at least ten minutes, so that "ended" and "never heard of" can be told apart.
    case completed, cancelled, expired

    /// It runs now or later without anybody's help.
    public var isUnfinished: Bool {
        switch self {
        case .ready, .scheduled, .retrying, .running: true
        case .dead, .completed, .cancelled, .expired: false
        }
    }
}

/// What a cancellation found.
public enum Cancellation: Sendable, Equatable {
    /// The job was waiting and is gone; asking again says the same.
    case ended
    /// It runs: its handler's task is being cancelled and it ends as cancelled unless it completes first.
    case requested
    /// The queue doesn't hold it, or it has ended already.
    case unknown
}

/// A job in a list.
public struct JobSummary: Sendable, Equatable {
    public let id: JobID
    public let kind: String
    public let queue: String
    public let priority: JobPriority
    public let state: JobState
    /// Attempts that failed so far.
    public let attempts: Int
    public let maximumAttempts: Int
    public let recoveries: Int
    public let interruptions: Int
    public let account: String?
    public let enqueuedAt: Date
    /// When a scheduled or retrying job is due, or when a dead one died.
    public let at: Date?
    public let lastFailure: JobFailure?
    /// Why a scheduled job waits, as told by the ``Snooze``.
    public let reason: String?
}

/// One job with everything the queue knows of it.
public struct JobDetail: Sendable, Equatable {
    public let summary: JobSummary
    public let payload: [UInt8]
    public let traceparent: String?
    public let deadline: Date?
    public let timeLimit: Duration
    /// The last fencing token handed out, 0 before the first claim.
    public let fence: Int64
    /// The incarnation of the worker that runs it.
    public let worker: String?
    public let isCancellationRequested: Bool
}

/// A queue now.
public struct QueueStatus: Sendable, Equatable {
    public let name: String
    /// Ready jobs, cancelled ones that no worker skipped yet included.
    public let depth: Int
    /// Age of the oldest ready job: the number to scale on. 0 when empty.
    public let latencySeconds: Double
    /// The same without recovered jobs, which may wait for each other long after the rest flows again: what a new job
    /// has to expect.
    public let newJobLatencySeconds: Double
    /// As of the workers' last heartbeats.
    public let running: Int
    public let isPaused: Bool
    /// Live workers that serve it; with none its jobs wait.
    public let workers: Int
}

/// A live worker as of its last heartbeat.
public struct WorkerStatus: Sendable, Equatable {
    /// `host:pid:random`, new after every eviction.
    public let incarnation: String
    public let host: String
    public let processID: Int
    public let queues: [String]
    public let kinds: [String]
    public let concurrency: Int
    public let running: Int
    public let isQuiet: Bool
    public let startedAt: Date
    /// When its lease ends unless it is extended.
    public let leaseExpiresAt: Date
}

/// Counts of jobs that wait elsewhere than in a queue's lists.
public struct WaitingCounts: Sendable, Equatable {
    public let scheduled: Int
    public let retrying: Int
    public let dead: Int
}

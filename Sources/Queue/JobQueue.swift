public import Identifiers
public import Redis

/// The queue as its users see it: enqueue, cancel, inspect, revive.
public struct JobQueue: Sendable {
    public let redis: RedisConnection
    public let namespace: String

    /// - Parameter namespace: the hash tag of every key, so that several installations share a server.
    public init(redis: RedisConnection, namespace: String = "tern") {
        self.redis = redis
        self.namespace = namespace
    }

    /// `{namespace}:`, the beginning of every key.
    public var keyPrefix: String { "{\(namespace)}:" }

    public func enqueue(_ job: NewJob) async throws -> Enqueued { throw RedisError.closed }
    public func enqueue(_ jobs: [NewJob]) async throws -> [Enqueued] { throw RedisError.closed }
    public func cancel(_ id: JobID) async throws -> Cancellation { throw RedisError.closed }
    /// One answer for each id, in order; nil when the queue doesn't hold the job (untracked ready jobs are not looked for).
    public func states(of ids: [JobID]) async throws -> [JobState?] { throw RedisError.closed }
    /// Jobs ahead of a ready job in its queue; nil when it isn't ready.
    public func position(of id: JobID) async throws -> Int? { throw RedisError.closed }
    /// Puts a dead job back into its queue with its counters at zero; false when it is not dead.
    @discardableResult
    public func revive(_ id: JobID) async throws -> Bool { throw RedisError.closed }
    /// Forgets a dead job; false when it is not dead.
    @discardableResult
    public func delete(_ id: JobID) async throws -> Bool { throw RedisError.closed }
    public func pause(queue: String) async throws { throw RedisError.closed }
    public func resume(queue: String) async throws { throw RedisError.closed }
    public func queues() async throws -> [QueueStatus] { throw RedisError.closed }
    public func workers() async throws -> [WorkerStatus] { throw RedisError.closed }
    public func counts() async throws -> WaitingCounts { throw RedisError.closed }
    /// Jobs in a state, first due or oldest first; ended ones are not listed. `queue` nil is every queue.
    public func list(state: JobState, queue: String? = nil, limit: Int = 50) async throws -> [JobSummary] {
        throw RedisError.closed
    }
    public func job(_ id: JobID) async throws -> JobDetail? { throw RedisError.closed }
    /// Tells a worker to take no new jobs, or to take them again; false when it isn't alive.
    @discardableResult
    public func quiet(worker incarnation: String, _ isQuiet: Bool = true) async throws -> Bool {
        throw RedisError.closed
    }
    /// The beats and which of them leads.
    public func scheduler() async throws -> SchedulerStatus { throw RedisError.closed }
}

import FoundationEssentials
public import Redis

/// The queue as its users see it: enqueue, cancel, inspect, revive.
///
/// Make one a process and copy it: copies share the coalescing of concurrent enqueues.
public struct JobQueue: Sendable {
    public let redis: RedisConnection
    public let namespace: String
    let keys: Keys
    private let enqueuer: Enqueuer

    /// - Parameter namespace: the hash tag of every key, so that several installations share a server.
    public init(redis: RedisConnection, namespace: String = "tern") {
        self.redis = redis
        self.namespace = namespace
        keys = Keys(namespace: namespace)
        enqueuer = Enqueuer(redis: redis, prefix: keys.prefix)
    }

    /// `{namespace}:`, the beginning of every key.
    public var keyPrefix: String { keys.prefix }

    /// Adds a job; concurrent callers share round trips.
    ///
    /// When it returns, Redis holds the job. A tracked job is idempotent by its id, so a caller that got an error may
    /// ask again; an untracked one is sent again by itself when a reply is lost, without being doubled.
    /// - Throws: ``RedisError``; the job may or may not have been added.
    public func enqueue(_ job: NewJob) async throws -> Enqueued {
        try await enqueuer.enqueue([PreparedJob(job, now: Date().milliseconds)])[0]
    }

    /// Adds jobs, up to 500 a round trip, with an answer for each, in order.
    ///
    /// - Throws: ``RedisError``; jobs before the failing slice have been added.
    public func enqueue(_ jobs: [NewJob]) async throws -> [Enqueued] {
        let now = Date().milliseconds
        var answers: [Enqueued] = []
        answers.reserveCapacity(jobs.count)
        for start in stride(from: 0, to: jobs.count, by: 500) {
            let slice = jobs[start..<min(start + 500, jobs.count)]
            answers += try await enqueuer.enqueue(slice.map { PreparedJob($0, now: now) })
        }
        return answers
    }
}

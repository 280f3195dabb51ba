public import Identifiers
import Redis

/// Cancel, revive, delete, pause: one script each.
extension JobQueue {
    /// How long an ended job is remembered, in milliseconds.
    static let keepsEnded: Int64 = 900_000

    /// Cancels a tracked job wherever it is.
    ///
    /// The application decides in its own records first; this brings the queue after it. Asking again is harmless.
    public func cancel(_ id: JobID) async throws -> Cancellation {
        try await cancel([id])[0]
    }

    /// One answer for each, in order.
    public func cancel(_ ids: [JobID]) async throws -> [Cancellation] {
        var answers: [Cancellation] = []
        for start in stride(from: 0, to: ids.count, by: 500) {
            let slice = ids[start..<min(start + 500, ids.count)]
            let reply = try await redis.evaluate(
                Scripts.cancel, keys: [keyPrefix],
                arguments: [.integer(Self.keepsEnded)] + slice.map { .bytes($0.bytes) })
            answers += (reply.array ?? []).map { code in
                switch code.integer {
                case 1: .ended
                case 2: .requested
                default: .unknown
                }
            }
        }
        guard answers.count == ids.count else { throw RedisError.unexpectedReply("cancel") }
        return answers
    }

    /// Puts a dead job back into its queue with its counters at zero; false when it is not dead.
    @discardableResult
    public func revive(_ id: JobID) async throws -> Bool {
        let reply = try await redis.evaluate(
            Scripts.revive, keys: [keyPrefix], arguments: [.bytes(id.bytes), "revive"])
        return reply.integer == 1
    }

    /// Forgets a dead job; false when it is not dead.
    @discardableResult
    public func delete(_ id: JobID) async throws -> Bool {
        let reply = try await redis.evaluate(
            Scripts.revive, keys: [keyPrefix], arguments: [.bytes(id.bytes), "delete"])
        return reply.integer == 1
    }

    /// Nothing of the queue is claimed until ``resume(queue:)``; what runs goes on, and enqueueing goes on.
    public func pause(queue: String) async throws {
        _ = try await redis.evaluate(Scripts.pause, keys: [keyPrefix], arguments: [.text(queue), "pause"])
    }

    public func resume(queue: String) async throws {
        _ = try await redis.evaluate(Scripts.pause, keys: [keyPrefix], arguments: [.text(queue), "resume"])
    }

    /// Tells a worker to take no new jobs, or to take them again; false when it isn't alive.
    ///
    /// It obeys at its next heartbeat, a quarter of its lease away at most.
    @discardableResult
    public func quiet(worker incarnation: String, _ isQuiet: Bool = true) async throws -> Bool {
        guard try await !redis.send("ZSCORE", .text(keys.workers), .text(incarnation)).isNull else { return false }
        _ = try await redis.send(
            "HSET", .text(keys.worker(incarnation)), "signal", .text(isQuiet ? "quiet" : ""))
        return true
    }
}

import Identifiers
import Redis

/// A job in the form the enqueue script takes, encoded by the caller's task.
struct PreparedJob: Sendable {
    struct List: Hashable, Sendable {
        let queue: String
        let priority: JobPriority
    }

    let list: List
    /// It has a hash: tracked, or deferred.
    let isHashed: Bool
    /// One word of RESP when inline, four when hashed.
    let words: [UInt8]

    /// - Parameter now: Unix milliseconds.
    init(_ job: NewJob, now: Int64) {
        list = List(queue: job.policy.queue, priority: job.priority)
        let due = job.runAt.map(\.milliseconds).flatMap { $0 > now ? $0 : nil }
        isHashed = job.policy.isTracked || due != nil
        let envelope = Self.envelope(job, enqueuedAt: isHashed ? now : nil)
        var content: [UInt8] = []
        content.reserveCapacity(Entry.prefixCount + envelope.capacity)
        if !isHashed { Entry.append(inline: job.id, readySince: now, to: &content) }
        envelope.append(to: &content)
        var encoder = RedisWords(reserving: content.count + 80)
        if isHashed {
            encoder.append(job.id.bytes)
            encoder.append(job.policy.isTracked ? "" : "1")
            encoder.append(due ?? 0)
        }
        encoder.append(content)
        words = encoder.bytes
    }

    static func envelope(_ job: NewJob, enqueuedAt: Int64?) -> Envelope {
        Envelope(
            kind: job.kind, payload: job.payload, account: job.account, traceparent: job.traceparent,
            deadline: job.deadline?.milliseconds, maximumAttempts: job.policy.maximumAttempts,
            timeLimit: max(1, job.policy.timeLimit.milliseconds), enqueuedAt: enqueuedAt)
    }
}

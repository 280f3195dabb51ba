import FoundationEssentials
import Identifiers
import Redis

/// A job as stored, read for people.
struct JobRecord {
    let id: JobID
    let queue: String
    let priority: JobPriority
    let state: JobState
    private let envelope: Envelope
    private let fields: [String: RedisValue]
    private let enqueuedAt: Int64

    init?(id: JobID, fields: [String: RedisValue]) {
        guard let body = fields["b"]?.bytes, let envelope = try? Envelope(decoding: body[...]),
            let queue = fields["q"]?.string, let state = fields["s"]?.string.flatMap(JobState.init(rawValue:))
        else { return nil }
        self.id = id
        self.queue = queue
        self.state = state
        self.envelope = envelope
        self.fields = fields
        priority = fields["p"]?.integer.flatMap { JobPriority(rawValue: Int($0)) } ?? .normal
        enqueuedAt = envelope.enqueuedAt ?? id.milliseconds
    }

    init?(inline entry: [UInt8], id: JobID, queue: String, priority: JobPriority, state: JobState) {
        guard let envelope = try? Envelope(decoding: entry[Entry.prefixCount...]) else { return nil }
        self.id = id
        self.queue = queue
        self.priority = priority
        self.state = state
        self.envelope = envelope
        fields = [:]
        enqueuedAt = Entry.readySince(of: entry) ?? id.milliseconds
    }

    var summary: JobSummary {
        JobSummary(
            id: id, kind: envelope.kind, queue: queue, priority: priority, state: state, attempts: count("a"),
            maximumAttempts: envelope.maximumAttempts, recoveries: count("r"), interruptions: count("i"),
            account: envelope.account, enqueuedAt: Date(milliseconds: enqueuedAt),
            at: fields["d"]?.integer.map(Date.init(milliseconds:)), lastFailure: lastFailure,
            reason: fields["y"]?.string)
    }

    var detail: JobDetail {
        JobDetail(
            summary: summary, payload: envelope.payload, traceparent: envelope.traceparent,
            deadline: envelope.deadline.map(Date.init(milliseconds:)),
            timeLimit: .milliseconds(envelope.timeLimit), fence: fields["f"]?.integer ?? 0,
            worker: fields["w"]?.string, isCancellationRequested: fields["c"] != nil)
    }

    private var lastFailure: JobFailure? {
        guard let text = fields["e"]?.string else { return nil }
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return JobFailure(code: String(parts[0]), message: parts.count > 1 ? String(parts[1]) : "")
    }

    private func count(_ field: String) -> Int { fields[field]?.integer.map(Int.init) ?? 0 }
}

/// What a worker's inflight hash keeps of a job: `queue\npriority\nfence\n` and the entry.
struct HeldEntry {
    let queue: String
    /// nil for the list of recovered jobs.
    let priority: JobPriority?
    let fence: Int64
    let entry: [UInt8]

    init?(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let fence = Int64(String(decoding: parts[2], as: UTF8.self)) else { return nil }
        queue = String(decoding: parts[0], as: UTF8.self)
        priority = Int(String(decoding: parts[1], as: UTF8.self)).flatMap(JobPriority.init(rawValue:))
        self.fence = fence
        entry = Array(parts[3])
    }
}

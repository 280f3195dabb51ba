import FoundationEssentials
import Identifiers
import Redis

/// A job that this worker holds.
struct Claimed: Sendable {
    let attempt: Attempt
    let payload: [UInt8]
    let timeLimit: Duration
    /// Its place among the configured queues.
    let queueIndex: Int
    /// It has a hash in Redis; else its whole self is in the worker's inflight hash.
    let isHashed: Bool
    /// Its envelope can't be read.
    let isMalformed: Bool
    /// It brought down so many workers that nothing may run beside it.
    let isAlone: Bool
    /// No claim before this one started it.
    let isFirstStart: Bool

    var id: JobID { attempt.id }
    /// Of such jobs one runs at a time; a job that was recovered once runs beside others.
    var isExclusive: Bool { attempt.recoveries > 1 || isAlone }
}

/// What the claim script answered.
enum ClaimReply: Sendable {
    case evicted
    case stale
    case claimed(Jobs)

    struct Jobs: Sendable {
        var jobs: [Claimed] = []
        /// Acknowledged jobs that were not held any more.
        var lost = 0
        /// Entries of jobs that were cancelled or deleted.
        var dropped = 0
        var mustEmpty = false
    }

    /// - Parameter aloneAfter: deaths that make a job run all alone.
    init(_ value: RedisValue, queues: [String: Int], aloneAfter: Int) throws {
        guard let words = value.array, let status = words.first?.string else {
            throw RedisError.unexpectedReply("ackfetch")
        }
        switch status {
        case "EVICTED": self = .evicted
        case "STALE": self = .stale
        default:
            guard words.count == 5, let groups = words[4].array else { throw RedisError.unexpectedReply("ackfetch") }
            var result = Jobs()
            result.lost = Int(words[1].integer ?? 0)
            result.dropped = Int(words[2].integer ?? 0)
            result.mustEmpty = words[3].integer == 1
            for group in groups { Self.read(group, queues, aloneAfter, into: &result.jobs) }
            self = .claimed(result)
        }
    }

    private static func read(
        _ group: RedisValue, _ queues: [String: Int], _ aloneAfter: Int, into jobs: inout [Claimed]
    ) {
        guard let words = group.array, words.count == 5, let queue = words[0].string, let fence = words[2].integer,
            case .array(let entries) = words[3], case .array(let hashed) = words[4]
        else { return }
        let priority = words[1].integer.flatMap { JobPriority(rawValue: Int($0)) } ?? .normal
        let source = Source(queue: queue, index: queues[queue] ?? 0, priority: priority)
        jobs.reserveCapacity(jobs.count + entries.count + hashed.count)
        for entry in entries {
            guard case .bytes(let bytes) = entry, let id = Entry.id(of: bytes) else { continue }
            jobs.append(
                Claimed(
                    source, id, body: bytes[Entry.prefixCount...], fence: fence,
                    enqueuedAt: Entry.readySince(of: bytes) ?? 0))
        }
        for record in hashed {
            guard let job = Claimed(source, hashed: record, aloneAfter: aloneAfter) else { continue }
            jobs.append(job)
        }
    }

    struct Source {
        let queue: String
        let index: Int
        let priority: JobPriority
    }
}

extension Claimed {
    fileprivate init?(_ source: ClaimReply.Source, hashed record: RedisValue, aloneAfter: Int) {
        guard let words = record.array, words.count == 9, let id = words[0].bytes.flatMap({ JobID(bytes: $0[...]) }),
            let fence = words[5].integer
        else { return nil }
        self.init(
            source, id, body: (words[1].bytes ?? [])[...], fence: fence, enqueuedAt: id.milliseconds,
            attempts: Int(words[2].integer ?? 0), recoveries: Int(words[3].integer ?? 0),
            interruptions: Int(words[4].integer ?? 0), isHashed: true, isTracked: words[6].bytes?.isEmpty != false,
            isAlone: Int(words[7].integer ?? 0) >= aloneAfter, isFirstStart: words[8].integer == fence)
    }

    fileprivate init(
        _ source: ClaimReply.Source, _ id: JobID, body: ArraySlice<UInt8>, fence: Int64, enqueuedAt: Int64,
        attempts: Int = 0, recoveries: Int = 0, interruptions: Int = 0, isHashed: Bool = false,
        isTracked: Bool = false, isAlone: Bool = false, isFirstStart: Bool = true
    ) {
        let envelope = try? Envelope(decoding: body)
        attempt = Attempt(
            id: id, kind: envelope?.kind ?? "", queue: source.queue, priority: source.priority, number: attempts + 1,
            maximum: envelope?.maximumAttempts ?? 1, recoveries: recoveries, interruptions: interruptions,
            fence: fence, account: envelope?.account, traceparent: envelope?.traceparent,
            enqueuedAt: Date(milliseconds: envelope?.enqueuedAt ?? enqueuedAt),
            deadline: envelope?.deadline.map(Date.init(milliseconds:)), isTracked: isTracked)
        payload = envelope?.payload ?? []
        timeLimit = .milliseconds(envelope?.timeLimit ?? Envelope.defaultTimeLimit)
        queueIndex = source.index
        self.isHashed = isHashed
        isMalformed = envelope == nil
        self.isAlone = isAlone
        self.isFirstStart = isFirstStart
    }
}

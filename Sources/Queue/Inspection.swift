import FoundationEssentials
public import Identifiers
import Redis

/// Questions about jobs. Nothing here changes anything.
extension JobQueue {
    /// One answer for each id, in order; nil when the queue doesn't hold the job. Untracked ready jobs aren't looked
    /// for.
    public func states(of ids: [JobID]) async throws -> [JobState?] {
        try await redis.send(ids.map { RedisCommand("HGET", keys.job($0), "s") }).map { reply in
            try reply.get().string.flatMap(JobState.init(rawValue:))
        }
    }

    /// Jobs ahead of a ready tracked job in its queue; nil when it isn't ready.
    ///
    /// A difference of sequence numbers, so it costs the same in a queue of a million. Cancelled jobs that no worker
    /// has passed over yet are counted.
    public func position(of id: JobID) async throws -> Int? {
        let reply = try await redis.send("HMGET", keys.job(id), "s", "q", "p", "n")
        guard let fields = reply.array, fields.count == 4, fields[0].string == JobState.ready.rawValue,
            let queue = fields[1].string, let level = fields[2].integer,
            let priority = JobPriority(rawValue: Int(level))
        else { return nil }
        // Without a number it is in the list of recovered jobs, which is served before all others.
        guard let number = fields[3].integer else { return 0 }
        let lists = [keys.list(queue, nil)] + JobPriority.allCases.filter { $0 < priority }.map { keys.list(queue, $0) }
        let replies = try await redis.send(
            lists.map { RedisCommand("LLEN", .text($0)) }
                + [RedisCommand("HGET", .text(keys.taken), .text("\(queue):\(priority.rawValue)"))])
        let ahead = try replies.dropLast().reduce(Int64(0)) { $0 + (try $1.get().integer ?? 0) }
        let taken = try replies.last?.get().integer ?? 0
        return Int(ahead + max(0, number - taken - 1))
    }

    /// Everything the queue knows of a tracked, deferred or dead job.
    public func job(_ id: JobID) async throws -> JobDetail? {
        let fields = try await redis.send("HGETALL", keys.job(id)).dictionary
        return JobRecord(id: id, fields: fields)?.detail
    }

    /// Jobs in a state: ready ones in the order they will be claimed, others first due or died first. Ended jobs are
    /// not listed.
    ///
    /// - Parameters:
    ///   - queue: nil is every queue.
    ///   - limit: at most 1,000.
    public func list(state: JobState, queue: String? = nil, limit: Int = 50) async throws -> [JobSummary] {
        let limit = min(max(limit, 0), 1000)
        switch state {
        case .ready: return try await ready(in: queue, limit: limit)
        case .scheduled: return try await members(of: keys.scheduled, queue: queue, limit: limit)
        case .retrying: return try await members(of: keys.retry, queue: queue, limit: limit)
        case .dead: return try await members(of: keys.dead, queue: queue, limit: limit)
        case .running: return try await running(in: queue, limit: limit)
        case .completed, .cancelled, .expired: return []
        }
    }

    private func ready(in queue: String?, limit: Int) async throws -> [JobSummary] {
        let names = if let queue { [queue] } else { try await queueNames() }
        var summaries: [JobSummary] = []
        for name in names {
            for priority in [nil] + JobPriority.allCases.map(Optional.some) where summaries.count < limit {
                let reply = try await redis.send(
                    "LRANGE", .text(keys.list(name, priority)), 0, .integer(limit - summaries.count - 1))
                let entries = (reply.array ?? []).compactMap(\.bytes)
                summaries += try await self.summaries(
                    of: entries, queue: name, priority: priority ?? .normal, state: .ready)
            }
        }
        return summaries
    }

    private func running(in queue: String?, limit: Int) async throws -> [JobSummary] {
        var summaries: [JobSummary] = []
        for incarnation in try await incarnations() where summaries.count < limit {
            let reply = try await redis.send("HVALS", .text(keys.inflight(incarnation.name)))
            for value in (reply.array ?? []).compactMap(\.bytes) where summaries.count < limit {
                guard let held = HeldEntry(value), queue == nil || held.queue == queue else { continue }
                summaries += try await self.summaries(
                    of: [held.entry], queue: held.queue, priority: held.priority ?? .normal, state: .running)
            }
        }
        return summaries
    }

    /// Entries may be inline or references; stale references are passed over.
    private func summaries(
        of entries: [[UInt8]], queue: String, priority: JobPriority, state: JobState
    ) async throws -> [JobSummary] {
        let references = entries.filter { !Entry.isInline($0) }.compactMap(Entry.id(of:))
        let records = try await self.records(references)
        return entries.compactMap { entry in
            guard let id = Entry.id(of: entry) else { return nil }
            guard Entry.isInline(entry) else {
                return records[id].flatMap { $0.state == state ? $0.summary : nil }
            }
            return JobRecord(inline: entry, id: id, queue: queue, priority: priority, state: state)?.summary
        }
    }

    private func members(of set: String, queue: String?, limit: Int) async throws -> [JobSummary] {
        var summaries: [JobSummary] = []
        var start = 0
        while summaries.count < limit {
            let reply = try await redis.send("ZRANGE", .text(set), .integer(start), .integer(start + 499))
            let ids = (reply.array ?? []).compactMap { $0.bytes.flatMap { JobID(bytes: $0[...]) } }
            guard !ids.isEmpty else { break }
            let records = try await self.records(ids)
            let found = ids.compactMap { records[$0] }.filter { queue == nil || $0.queue == queue }
            summaries += found.prefix(limit - summaries.count).map(\.summary)
            start += 500
        }
        return summaries
    }

    private func records(_ ids: [JobID]) async throws -> [JobID: JobRecord] {
        guard !ids.isEmpty else { return [:] }
        let replies = try await redis.send(ids.map { RedisCommand("HGETALL", keys.job($0)) })
        var records: [JobID: JobRecord] = [:]
        for (id, reply) in zip(ids, replies) {
            records[id] = JobRecord(id: id, fields: try reply.get().dictionary)
        }
        return records
    }
}

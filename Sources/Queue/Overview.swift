import FoundationEssentials
import Redis

/// Queues, workers and totals for the API and the operator.
extension JobQueue {
    struct Incarnation {
        let name: String
        /// Unix milliseconds.
        let leaseEnd: Int64
    }

    /// Every queue that ever held a job, by name.
    public func queues() async throws -> [QueueStatus] {
        let names = try await queueNames()
        let workers = try await incarnations()
        let spreads = try await spread(of: workers)
        let now = try await redisMilliseconds()
        var statuses: [QueueStatus] = []
        for name in names {
            let lists = [keys.list(name, nil)] + JobPriority.allCases.map { keys.list(name, $0) }
            let replies = try await redis.send(
                lists.flatMap { [RedisCommand("LLEN", .text($0)), RedisCommand("LINDEX", .text($0), 0)] }
                    + [RedisCommand("SISMEMBER", .text(keys.paused), .text(name))]
            ).map { try $0.get() }
            let depth = stride(from: 0, to: 8, by: 2).reduce(0) { $0 + Int(replies[$1].integer ?? 0) }
            // The list of recovered jobs comes first.
            let ages = stride(from: 1, to: 8, by: 2).map { place in
                replies[place].bytes.flatMap(Entry.readySince(of:)).map { Double(max(0, now - $0)) / 1000 } ?? 0
            }
            statuses.append(
                QueueStatus(
                    name: name, depth: depth, latencySeconds: ages.max() ?? 0,
                    newJobLatencySeconds: ages.dropFirst().max() ?? 0,
                    running: spreads.reduce(0) { $0 + ($1.running[name] ?? 0) }, isPaused: replies[8].integer == 1,
                    workers: spreads.count { $0.queues.contains(name) }))
        }
        return statuses
    }

    /// The workers whose lease has not ended, by incarnation.
    public func workers() async throws -> [WorkerStatus] {
        let alive = try await incarnations()
        let now = try await redisMilliseconds()
        let replies = try await redis.send(alive.map { RedisCommand("HGETALL", .text(keys.worker($0.name))) })
        return try zip(alive, replies).compactMap { incarnation, reply in
            guard incarnation.leaseEnd > now else { return nil }
            let fields = try reply.get().dictionary
            func number(_ name: String) -> Int64 { fields[name]?.integer ?? 0 }
            func names(_ name: String) -> [String] {
                (fields[name]?.string ?? "").split(separator: "\n").map(String.init)
            }
            return WorkerStatus(
                incarnation: incarnation.name, host: fields["host"]?.string ?? "", processID: Int(number("pid")),
                queues: names("queues"), kinds: names("kinds"), concurrency: Int(number("concurrency")),
                running: Int(number("running")), isQuiet: fields["signal"]?.string == "quiet",
                startedAt: Date(milliseconds: number("started")),
                leaseExpiresAt: Date(milliseconds: incarnation.leaseEnd))
        }
    }

    public func counts() async throws -> WaitingCounts {
        let counts = try await redis.send(
            [keys.scheduled, keys.retry, keys.dead].map { RedisCommand("ZCARD", .text($0)) }
        ).map { Int(try $0.get().integer ?? 0) }
        return WaitingCounts(scheduled: counts[0], retrying: counts[1], dead: counts[2])
    }

    func queueNames() async throws -> [String] {
        try await redis.send("SMEMBERS", .text(keys.queues)).array?.compactMap(\.string).sorted() ?? []
    }

    func incarnations() async throws -> [Incarnation] {
        let reply = try await redis.send("ZRANGE", .text(keys.workers), 0, -1, "WITHSCORES").array ?? []
        return stride(from: 0, to: reply.count - 1, by: 2).compactMap { index in
            guard let name = reply[index].string, let end = reply[index + 1].string.flatMap(Double.init) else {
                return nil
            }
            return Incarnation(name: name, leaseEnd: Int64(end))
        }.sorted { $0.name < $1.name }
    }

    func redisMilliseconds() async throws -> Int64 {
        let parts = try await redis.send("TIME").array?.compactMap(\.integer) ?? []
        guard parts.count == 2 else { throw RedisError.unexpectedReply("TIME") }
        return parts[0] * 1000 + parts[1] / 1000
    }

    private func spread(of workers: [Incarnation]) async throws -> [(queues: Set<String>, running: [String: Int])] {
        let replies = try await redis.send(
            workers.map { RedisCommand("HMGET", .text(keys.worker($0.name)), "queues", "spread") })
        return try replies.map { reply in
            let fields = try reply.get().array?.map { $0.string ?? "" } ?? []
            guard fields.count == 2 else { return ([], [:]) }
            let pairs = fields[1].split(separator: "\n")
            var running: [String: Int] = [:]
            for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                running[String(pairs[index])] = Int(pairs[index + 1])
            }
            return (Set(fields[0].split(separator: "\n").map(String.init)), running)
        }
    }
}

public import FoundationEssentials
public import Identifiers
import Redis

/// The beats as Redis knows them.
public struct SchedulerStatus: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let lastFire: Date?
        public let nextFire: Date?
        public let lastJob: JobID?
    }

    /// `host:pid:random` of the beat that fires now; nil when there is none.
    public let leader: String?
    /// The last sign of life of every beat of the last hour.
    public let heartbeats: [String: Date]
    /// Those that fired or were seen at least once, by name.
    public let entries: [Entry]
}

extension JobQueue {
    /// The beats, which of them leads, and what fired last.
    public func scheduler() async throws -> SchedulerStatus {
        let replies = try await redis.send([
            RedisCommand("GET", .text(keys.leader)),
            RedisCommand("ZRANGE", .text(keys.beats), 0, -1, "WITHSCORES"),
            RedisCommand("SMEMBERS", .text(keys.crons)),
        ]).map { try $0.get() }
        let names = replies[2].array?.compactMap(\.string).sorted() ?? []
        let fields = try await redis.send(
            names.map { RedisCommand("HMGET", .text(keys.cron($0)), "last", "next", "job") })
        let entries = try zip(names, fields).map { name, reply in
            let values = try reply.get().array ?? []
            return SchedulerStatus.Entry(
                name: name, lastFire: values.first?.integer.map(Date.init(milliseconds:)),
                nextFire: values.dropFirst().first?.integer.map(Date.init(milliseconds:)),
                lastJob: values.last?.bytes.flatMap { JobID(bytes: $0[...]) })
        }
        return SchedulerStatus(
            leader: replies[0].string,
            heartbeats: replies[1].dictionary.compactMapValues { value in
                value.string.flatMap(Double.init).map { Date(milliseconds: Int64($0)) }
            }, entries: entries)
    }
}

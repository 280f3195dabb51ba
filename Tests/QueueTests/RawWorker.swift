import Identifiers
import Queue
import Redis

/// A worker that does only what the test says, script by script: it can die, stall and repeat itself.
final class RawWorker {
    struct Job {
        let id: [UInt8]
        let queue: String
        let fence: Int64
        let attempts: Int64
        let recoveries: Int64
        let interruptions: Int64
        let isHashed: Bool
    }

    let fixture: Fixture
    let name = "raw:\(UInt64.random(in: 0...UInt64.max))"
    private(set) var number: Int64 = 0
    var mustEmpty = false
    var lost: Int64 = 0
    var dropped: Int64 = 0

    init(_ fixture: Fixture, lease: Duration = .seconds(60)) async throws {
        self.fixture = fixture
        _ = try await evaluate(
            Scripts.register, [.text(name), .integer(lease.milliseconds), "queues", "notes\npings"])
    }

    /// - Returns: nil when evicted.
    func claim(
        _ free: Int = 10, acknowledging done: [Job] = [], as state: String = "completed", repeating: Bool = false,
        recovery: String = "1"
    ) async throws -> [Job]? {
        if !repeating { number += 1 }
        let inline = done.filter { !$0.isHashed }
        let hashed = done.filter(\.isHashed)
        var arguments: [RedisArgument] = [
            .text(name), .integer(number), .integer(free), .text(recovery), "900000", "2",
            .integer(inline.count), .integer(hashed.count), "2",
        ]
        arguments += inline.map { .bytes($0.id) }
        for job in hashed { arguments += [.bytes(job.id), .integer(job.fence), .text(state)] }
        for queue in ["notes", "pings"] { arguments += [.text(queue), .integer(free), .integer(free)] }
        let reply = try await evaluate(Scripts.ackfetch, arguments).array ?? []
        guard reply[0].string == "OK" else { return nil }
        lost = reply[1].integer ?? -1
        dropped = reply[2].integer ?? -1
        mustEmpty = reply[3].integer == 1
        return (reply[4].array ?? []).flatMap { group -> [Job] in
            let words = group.array ?? []
            let queue = words[0].string ?? ""
            let entries = (words[3].array ?? []).compactMap(\.bytes).map { entry in
                Job(
                    id: Array(entry[1..<17]), queue: queue, fence: words[2].integer ?? 0, attempts: 0, recoveries: 0,
                    interruptions: 0, isHashed: false)
            }
            let records = (words[4].array ?? []).compactMap(\.array).map { record in
                Job(
                    id: record[0].bytes ?? [], queue: queue, fence: record[5].integer ?? 0,
                    attempts: record[2].integer ?? 0, recoveries: record[3].integer ?? 0,
                    interruptions: record[4].integer ?? 0, isHashed: true)
            }
            return entries + records
        }
    }

    /// - Returns: the script's code, nil when evicted.
    func fail(_ job: Job, _ action: String, due: Int64 = 0, text: String = "code\nmessage") async throws -> Int64? {
        let reply = try await evaluate(
            Scripts.fail,
            [
                .text(name), "60000", "100", 1, .bytes(job.id), .integer(job.fence), .text(action), .integer(due),
                .text(text),
            ])
        return reply.array?.first?.integer
    }

    /// Its lease ends now, as when it was killed a while ago.
    func die() async throws {
        _ = try await fixture.redis.send("ZADD", fixture.key("workers"), "XX", "1", .text(name))
    }

    func beat() async throws -> [RedisValue] {
        try await evaluate(Scripts.beat, [.text(name), "60000", "0", ""]).array ?? []
    }

    private func evaluate(_ script: RedisScript, _ arguments: [RedisArgument]) async throws -> RedisValue {
        try await fixture.redis.evaluate(script, keys: [fixture.queue.keyPrefix], arguments: arguments)
    }
}

extension RawWorker.Job {
    var jobID: JobID {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return JobID(high: number(id[0..<8]), low: number(id[8..<16]))
    }
}

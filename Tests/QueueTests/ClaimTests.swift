import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct ClaimTests {
    @Test func `a claim takes priorities in order and no more than it has slots for`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let low = try NewJob(Note(), priority: .low)
        let normal = try NewJob(Note())
        let high = try NewJob(Note(), priority: .high)
        _ = try await fixture.queue.enqueue([low, normal, high])
        #expect(try await worker.claim(2)?.map(\.jobID) == [high.id, normal.id])
        #expect(try await worker.claim(2)?.map(\.jobID) == [low.id])
        #expect(try await worker.claim(2)?.isEmpty == true)
    }

    @Test func `a lost reply strands nothing: the same call gets the same jobs`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        _ = try await fixture.queue.enqueue([NewJob(Note()), NewJob(Ping()), NewJob(Ping()), NewJob(Ping())])
        let first = try #require(try await worker.claim(3))
        let again = try #require(try await worker.claim(3, repeating: true))
        #expect(first.map(\.id) == again.map(\.id))
        #expect(first.map(\.fence) == again.map(\.fence))
        // The acknowledgements of a repeated call were made the first time.
        let rest = try #require(try await worker.claim(3, acknowledging: first))
        #expect(rest.count == 1)
        #expect(try await worker.claim(3, acknowledging: first, repeating: true)?.map(\.id) == rest.map(\.id))
        #expect(worker.lost == 0)
        #expect(try await fixture.state(first[0].jobID) == .completed)
    }

    @Test func `an acknowledgement of what is not held changes nothing`() async throws {
        let fixture = try await Fixture()
        let (one, two) = (try await RawWorker(fixture), try await RawWorker(fixture))
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let held = try #require(try await one.claim()?.first)
        _ = try await two.claim(acknowledging: [held])
        #expect(two.lost == 1)
        #expect(try await fixture.state(job.id) == .running)
        #expect(try await two.fail(held, "bury") == 0)
        #expect(try await fixture.state(job.id) == .running)
    }

    @Test func `a worker that is not registered is told so`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        _ = try await fixture.redis.send("ZREM", fixture.key("workers"), .text(worker.name))
        #expect(try await worker.claim() == nil)
        #expect(try await worker.beat().first?.string == "EVICTED")
        _ = try await fixture.queue.enqueue(NewJob(Note()))
        #expect(try await fixture.queue.queues().first?.depth == 1)
    }

    @Test func `every claim of a job has a greater fencing token`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        var last: Int64 = 0
        for _ in 0..<5 {
            let held = try #require(try await worker.claim()?.first)
            #expect(held.fence > last)
            last = held.fence
            #expect(try await worker.fail(held, "release") == 1)
        }
        // Even when the server's clock is behind the last token.
        let far = last + 1_000_000_000_000
        _ = try await fixture.redis.send("HSET", .bytes(jobKey(fixture, job.id)), "f", .integer(far))
        #expect(try await worker.claim()?.first?.fence == far + 1)
    }

    @Test func `a paused queue gives nothing until it is resumed`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        try await fixture.queue.pause(queue: "notes")
        _ = try await fixture.queue.enqueue([NewJob(Note()), NewJob(Ping())])
        #expect(try await worker.claim()?.map(\.queue) == ["pings"])
        #expect(try await fixture.queue.queues().first { $0.name == "notes" }?.isPaused == true)
        #expect(try await fixture.redis.send("EXISTS", fixture.key("wake:notes")).integer == 0)
        try await fixture.queue.resume(queue: "notes")
        #expect(try await fixture.redis.send("EXISTS", fixture.key("wake:notes")).integer == 1)
        #expect(try await worker.claim()?.map(\.queue) == ["notes"])
    }

    @Test func `entries without a job and malformed ones are dropped`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let (gone, good) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([gone, good])
        _ = try await fixture.redis.send("DEL", .bytes(jobKey(fixture, gone.id)))
        _ = try await fixture.redis.send("LPUSH", fixture.key("q:notes:1"), "garbage")
        #expect(try await worker.claim()?.map(\.jobID) == [good.id])
        #expect(worker.dropped == 2)
        #expect(try await fixture.redis.send("LLEN", fixture.key("malformed")).integer == 1)
    }

    @Test func `what is left after a claim wakes another worker`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        _ = try await fixture.queue.enqueue([NewJob(Note()), NewJob(Note())])
        _ = try await fixture.redis.send("DEL", fixture.key("wake:notes"))
        _ = try await worker.claim(1)
        #expect(try await fixture.redis.send("EXISTS", fixture.key("wake:notes")).integer == 1)
        _ = try await fixture.redis.send("DEL", fixture.key("wake:notes"))
        _ = try await worker.claim(1)
        #expect(try await fixture.redis.send("EXISTS", fixture.key("wake:notes")).integer == 0)
    }

    @Test func `slots are shared by weight and what is left goes to whoever has work`() {
        var generator = SystemRandomNumberGenerator()
        let queues = [QueueWeight("a", weight: 3), QueueWeight("b", weight: 1), QueueWeight("c", weight: 4, limit: 2)]
        let shares = queues.shares(of: 8, running: [0, 0, 1], isStrict: false, using: &generator)
        #expect(Set(shares.map(\.queue)) == ["a", "b", "c"])
        #expect(shares.first { $0.queue == "a" }?.byWeight == 3)
        #expect(shares.first { $0.queue == "a" }?.most == 8)
        #expect(shares.first { $0.queue == "c" }?.most == 1)
        let strict = queues.shares(of: 8, running: [0, 0, 0], isStrict: true, using: &generator)
        #expect(strict.map(\.queue) == ["a", "b", "c"])
        #expect(strict[0].byWeight == 8)
    }

    @Test func `a single slot goes to the heavier queue more often`() {
        var generator = SystemRandomNumberGenerator()
        let queues = [QueueWeight("a", weight: 9), QueueWeight("b", weight: 1)]
        let wins = (0..<2000).count { _ in
            queues.shares(of: 1, running: [0, 0], isStrict: false, using: &generator)[0].queue == "a"
        }
        #expect((1600...1960).contains(wins))
    }
}

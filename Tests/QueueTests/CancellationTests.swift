import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct CancellationTests {
    @Test func `a ready job ends at once and is passed over`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let (one, two) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([one, two])
        #expect(try await fixture.queue.cancel(one.id) == .ended)
        #expect(try await fixture.queue.cancel(one.id) == .ended)
        #expect(try await worker.claim()?.map(\.jobID) == [two.id])
        #expect(worker.dropped == 1)
        #expect(try await fixture.state(one.id) == .cancelled)
        #expect(try await fixture.queue.enqueue(one) == .alreadyKnown)
    }

    @Test func `scheduled and retrying jobs end at once`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let scheduled = try NewJob(Note(), runAt: Date() + 60)
        let retrying = try NewJob(Note())
        _ = try await fixture.queue.enqueue([scheduled, retrying])
        let held = try #require(try await worker.claim()?.first)
        let due = Int64(Date().timeIntervalSince1970 * 1000) + 60_000
        #expect(try await worker.fail(held, "retry", due: due) == 1)
        #expect(try await fixture.state(retrying.id) == .retrying)
        #expect(try await fixture.queue.cancel([scheduled.id, retrying.id, .make()]) == [.ended, .ended, .unknown])
        let counts = try await fixture.queue.counts()
        #expect(counts.scheduled + counts.retrying == 0)
    }

    @Test func `a running job is told to stop and ends as cancelled`() async throws {
        let fixture = try await Fixture()
        let log = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in
            log.add("started")
            do { try await untilCancelled() } catch {
                log.add("stopped")
                throw error
            }
        }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) {
            try await eventually("the start", isTrue: { log.all == ["started"] })
            #expect(try await fixture.queue.cancel(job.id) == .requested)
            // By the doorbell, long before the next heartbeat.
            try await fixture.eventually(.cancelled, job.id)
        }
        #expect(log.all == ["started", "stopped"])
        #expect(fixture.log.all == ["cancelled"])
        #expect(try await fixture.queue.cancel(job.id) == .ended)
    }

    @Test func `the heartbeat brings a cancellation whose doorbell was missed`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in try await untilCancelled() }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let runner = fixture.runner(lease: .milliseconds(1200), handlers)
        try await fixture.running(runner) {
            try await fixture.eventually(.running, job.id)
            _ = try await fixture.redis.send(
                "SADD", fixture.key("cancelled:\(runner.incarnation)"), .bytes(rawID(job.id)))
            try await fixture.eventually(.cancelled, job.id)
        }
    }

    @Test func `a job that completes in spite of its cancellation has completed`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in await gate.wait() }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) {
            try await fixture.eventually(.running, job.id)
            #expect(try await fixture.queue.cancel(job.id) == .requested)
            gate.open()
            try await fixture.eventually(.completed, job.id)
        }
        #expect(fixture.log.all == ["completed"])
    }

    @Test func `a retry meets the cancellation that came in between`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let held = try #require(try await worker.claim()?.first)
        #expect(try await fixture.queue.cancel(job.id) == .requested)
        #expect(try await worker.beat().last?.array?.count == 1)
        #expect(try await worker.fail(held, "retry") == 2)
        #expect(try await fixture.state(job.id) == .running)
        _ = try await worker.claim(acknowledging: [held], as: "cancelled")
        #expect(try await fixture.state(job.id) == .cancelled)
    }

    @Test func `what a worker was told is forgotten with the job and when it begins anew`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        func told() async throws -> Int? { try await worker.beat().last?.array?.count }
        let (completes, fails) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([completes, fails])
        let held = try #require(try await worker.claim())
        #expect(try await fixture.queue.cancel([completes.id, fails.id]) == [.requested, .requested])
        #expect(try await told() == 2)
        _ = try await worker.claim(0, acknowledging: [held[0]])
        #expect(try await told() == 1)
        #expect(try await worker.fail(held[1], "bury") == 1)
        #expect(try await told() == 0)
        #expect(try await fixture.queue.revive(fails.id))
        // As if the word came when the job had just ended.
        _ = try await fixture.redis.send("SADD", fixture.key("cancelled:\(worker.name)"), .bytes(rawID(fails.id)))
        #expect(try await worker.claim()?.map(\.jobID) == [fails.id])
        #expect(try await told() == 0)
    }

    @Test func `a failing handler whose job is cancelled meanwhile ends it as cancelled`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, attempt in
            // As if the request came after the handler had failed and before Redis heard of it.
            _ = try await fixture.redis.send("HSET", .bytes(jobKey(fixture, attempt.id)), "c", "1")
            throw Trouble()
        }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) { try await fixture.eventually(.cancelled, job.id) }
        #expect(fixture.log.all == ["retry", "cancelled"])
    }

    @Test func `a job that is being cancelled when its worker dies ends and is reported`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        _ = try await worker.claim()
        _ = try await fixture.queue.cancel(job.id)
        try await worker.die()
        let told = Log()
        let refusing = fixture.maintainer { _, _ in throw Trouble() }
        #expect(try await refusing.reap(mayDeclareDead: true) == 0)
        #expect(try await fixture.state(job.id) == .cancelled)
        try await refusing.deliverNotices()
        let maintainer = fixture.maintainer { id, ending in told.add("\(id == job.id) \(ending == .cancelled)") }
        try await maintainer.deliverNotices()
        try await maintainer.deliverNotices()
        #expect(told.all == ["true true"])
    }

    @Test func `ended and dead jobs can't be cancelled`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let (one, two) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([one, two])
        let held = try #require(try await worker.claim())
        _ = try await worker.claim(acknowledging: [held[0]])
        _ = try await worker.fail(held[1], "bury")
        #expect(try await fixture.queue.cancel([one.id, two.id]) == [.unknown, .unknown])
    }
}

func rawID(_ id: JobID) -> [UInt8] {
    [id.high, id.low].flatMap { half in withUnsafeBytes(of: half.bigEndian) { Array($0) } }
}

func jobKey(_ fixture: Fixture, _ id: JobID) -> [UInt8] {
    Array("\(fixture.queue.keyPrefix)job:".utf8) + rawID(id)
}

import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct EnqueueTests {
    @Test func `a tracked job is accepted once`() async throws {
        let fixture = try await Fixture()
        let job = try NewJob(Note(text: "a"))
        #expect(try await fixture.queue.enqueue(job) == .accepted)
        #expect(try await fixture.queue.enqueue(job) == .alreadyKnown)
        let jobs = [job, try NewJob(Note()), job]
        #expect(try await fixture.queue.enqueue(jobs) == [.alreadyKnown, .accepted, .alreadyKnown])
        #expect(try await fixture.queue.queues().first?.depth == 2)
    }

    @Test func `a finished job is still known`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let held = try #require(try await worker.claim())
        _ = try await worker.claim(acknowledging: held)
        #expect(try await fixture.queue.enqueue(job) == .alreadyKnown)
        #expect(try await fixture.state(job.id) == .completed)
    }

    @Test func `concurrent enqueues are all answered`() async throws {
        let fixture = try await Fixture()
        let ids = (0..<300).map { _ in JobID.make() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ids {
                group.addTask {
                    let note = try await fixture.queue.enqueue(NewJob(Note(), id: id))
                    let ping = try await fixture.queue.enqueue(NewJob(Ping()))
                    #expect([note, ping] == [.accepted, .accepted])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.queue.queues().map(\.depth) == [300, 300])
        #expect(try await fixture.queue.states(of: ids).allSatisfy { $0 == .ready })
    }

    @Test func `a call that is repeated adds inline jobs once`() async throws {
        let fixture = try await Fixture()
        let entry = RedisArgument.bytes([1] + Array(repeating: 0, count: 22) + [1, 1, 97, 0])
        func call(_ number: Int) async throws {
            _ = try await fixture.redis.evaluate(
                Scripts.enqueue, keys: [fixture.queue.keyPrefix],
                arguments: ["producer", .integer(number), 1, "pings", "1", 2, 0, entry, entry])
        }
        try await call(1)
        try await call(1)
        #expect(try await fixture.queue.queues().first?.depth == 2)
        try await call(2)
        try await call(1)
        #expect(try await fixture.queue.queues().first?.depth == 4)
    }

    @Test func `enqueueing heals after SCRIPT FLUSH`() async throws {
        let fixture = try await Fixture(own: true)
        _ = try await fixture.queue.enqueue(NewJob(Ping()))
        _ = try await fixture.redis.send("SCRIPT", "FLUSH")
        _ = try await fixture.queue.enqueue([NewJob(Ping()), NewJob(Note())])
        #expect(try await fixture.queue.queues().map(\.depth) == [1, 2])
    }

    @Test func `a job with a later time waits until it is due`() async throws {
        let fixture = try await Fixture()
        let maintainer = fixture.maintainer()
        let soon = try NewJob(Note(), runAt: Date() + 1800)
        let late = try NewJob(Ping(), runAt: Date() + 3600)
        _ = try await fixture.queue.enqueue([late, soon])
        #expect(try await fixture.queue.states(of: [soon.id, late.id]) == [.scheduled, .scheduled])
        #expect(try await fixture.queue.counts().scheduled == 2)
        #expect(try await maintainer.promote().moved == 0)
        // Time passes.
        _ = try await fixture.redis.send("ZADD", fixture.key("scheduled"), "XX", "1", .bytes(rawID(soon.id)))
        #expect(try await maintainer.promote().moved == 1)
        #expect(try await fixture.queue.states(of: [soon.id, late.id]) == [.ready, .scheduled])
        let wait = try #require(try await maintainer.promote().millisecondsToNext)
        #expect((3_590_000...3_600_000).contains(wait))
        #expect(try await fixture.queue.list(state: .scheduled).map(\.id) == [late.id])
    }

    @Test func `an earlier job rings for the maintainer`() async throws {
        let fixture = try await Fixture()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        try await fixture.running(fixture.runner(handlers), fixture.maintainer()) {
            _ = try await fixture.queue.enqueue(NewJob(Note(text: "late"), runAt: Date() + 3600))
            _ = try await fixture.queue.enqueue(NewJob(Note(text: "soon"), runAt: Date() + 0.1))
            try await eventually("the earlier one", within: .seconds(4), isTrue: { ran.all == ["soon"] })
        }
    }

    @Test func `an expired job ends without running`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in Issue.record("it ran") }
        let job = try NewJob(Note(), deadline: Date() - 1)
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) { try await fixture.eventually(.expired, job.id) }
        #expect(fixture.log.all == ["expired"])
    }

    @Test(arguments: [true, false])
    func `a job that has started may begin again after its deadline`(isTracked: Bool) async throws {
        let fixture = try await Fixture()
        let ran = Log()
        @Sendable func run(_ attempt: Attempt) async throws {
            ran.add("\(attempt.number)")
            guard attempt.number == 1, let deadline = attempt.deadline else { return }
            while Date() < deadline { try await Task.sleep(for: .milliseconds(10)) }
            throw Trouble()
        }
        var handlers = Handlers()
        handlers.on(Note.self) { try await run($1) }
        handlers.on(Ping.self) { try await run($1) }
        let deadline = Date() + 6
        _ = try await fixture.queue.enqueue(
            isTracked ? NewJob(Note(), deadline: deadline) : NewJob(Ping(), deadline: deadline))
        try await fixture.running(fixture.runner(handlers), fixture.maintainer()) {
            try await eventually("the end", within: .seconds(30), isTrue: { fixture.log.all.count == 2 })
        }
        #expect(ran.all == ["1", "2"])
        #expect(fixture.log.all == ["retry", "completed"])
    }

    @Test func `a job that was put off without a start still has its first start before it`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let jobs = try (0..<2).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(jobs)
        let held = try #require(try await worker.claim())
        #expect(try await worker.fail(held[0], "postpone") == 1)
        #expect(try await worker.fail(held[1], "snooze") == 1)
        let marks = try await fixture.redis.send(
            jobs.map { RedisCommand("HEXISTS", .bytes(jobKey(fixture, $0.id)), "g") })
        #expect(try marks.map { try $0.get().integer } == [0, 1])
    }

    @Test func `a position counts the jobs ahead`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let jobs = try (0..<5).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(jobs)
        #expect(try await fixture.queue.position(of: jobs[4].id) == 4)
        let held = try #require(try await worker.claim(2))
        #expect(try await fixture.queue.position(of: jobs[4].id) == 2)
        #expect(try await fixture.queue.position(of: jobs[0].id) == nil)
        _ = try await worker.fail(held[1], "release")
        #expect(try await fixture.queue.position(of: jobs[1].id) == 0)
        #expect(try await fixture.queue.position(of: jobs[4].id) == 3)
        _ = try await fixture.queue.enqueue(NewJob(Note(), priority: .high))
        #expect(try await fixture.queue.position(of: jobs[4].id) == 4)
        #expect(try await fixture.queue.position(of: .make()) == nil)
    }

    @Test func `everything about a job can be looked up`() async throws {
        let fixture = try await Fixture()
        let deadline = Date(timeIntervalSince1970: 4_000_000_000)
        let job = try NewJob(
            Note(text: "x"), account: "ann", deadline: deadline, priority: .high, traceparent: "00-ab-cd-01")
        _ = try await fixture.queue.enqueue(job)
        let detail = try #require(try await fixture.queue.job(job.id))
        #expect(try Note.decoded(payload: detail.payload) == Note(text: "x"))
        #expect(detail.summary.account == "ann")
        #expect(detail.summary.kind == "note")
        #expect(detail.summary.priority == .high)
        #expect(detail.summary.maximumAttempts == 3)
        #expect(detail.traceparent == "00-ab-cd-01")
        #expect(detail.deadline == deadline)
        #expect(detail.timeLimit == .seconds(30))
        #expect(try await fixture.queue.job(.make()) == nil)
        #expect(try await fixture.queue.list(state: .ready, queue: "notes").map(\.id) == [job.id])
        #expect(try await fixture.queue.list(state: .ready, queue: "pings").isEmpty)
    }

    @Test func `what a new job has to expect leaves recovered jobs out`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.queue.enqueue(NewJob(Ping()))
        let fresh = fixture.key("q:pings:\(JobPriority.normal.rawValue)")
        var entry = try #require(try await fixture.redis.send("LINDEX", fresh, 0).bytes)
        // Ready since 1970.
        entry.replaceSubrange(17..<23, with: [UInt8](repeating: 0, count: 6))
        _ = try await fixture.redis.send("RPUSH", fixture.key("q:pings:r"), .bytes(entry))
        var status = try #require(try await fixture.queue.queues().first)
        #expect(status.latencySeconds > 1_000_000 && status.newJobLatencySeconds < 1_000)
        _ = try await fixture.redis.send("RENAME", fixture.key("q:pings:r"), fresh)
        status = try #require(try await fixture.queue.queues().first)
        #expect(status.newJobLatencySeconds > 1_000_000)
    }
}

import Foundation
import Identifiers
import Queue
import Redis
import Synchronization
import TestSupport
import Testing

@Suite struct FailureTests {
    @Test(arguments: [true, false])
    func `a failing job is tried again and buried at the last attempt`(isTracked: Bool) async throws {
        let fixture = try await Fixture()
        let attempts = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { _, attempt in
            attempts.add("\(attempt.number)")
            throw Trouble()
        }
        var policy = Note.policy
        policy.isTracked = isTracked
        let job = NewJob(kind: "note", payload: try Note().encodedPayload(), policy: policy, id: .make())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers), fixture.maintainer()) {
            try await fixture.eventually(.dead, job.id)
        }
        #expect(attempts.all == ["1", "2", "3"])
        #expect(fixture.log.all == ["retry", "retry", "bury"])
        let dead = try #require(try await fixture.queue.list(state: .dead).first)
        #expect(dead.attempts == 3)
        #expect(dead.lastFailure == JobFailure(code: "failed", message: "trouble"))
    }

    @Test func `a dead job is revived with its counters at zero, or forgotten`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let (one, two) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([one, two])
        for job in try #require(try await worker.claim()) { #expect(try await worker.fail(job, "bury") == 1) }
        #expect(try await fixture.queue.revive(one.id))
        #expect(try await fixture.queue.revive(one.id) == false)
        #expect(try await fixture.queue.delete(two.id))
        #expect(try await fixture.queue.states(of: [one.id, two.id]) == [.ready, nil])
        #expect(try await fixture.queue.counts().dead == 0)
        let again = try #require(try await worker.claim()?.first)
        #expect(again.attempts == 0)
        let job = try #require(try await fixture.queue.job(one.id))
        #expect(job.summary.state == .running)
    }

    @Test func `an unrecoverable error buries at once`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in throw Unrecoverable("document was deleted") }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) { try await fixture.eventually(.dead, job.id) }
        let failure = try await fixture.queue.job(job.id)?.summary.lastFailure
        #expect(failure == JobFailure(code: "unrecoverable", message: "document was deleted"))
    }

    @Test func `a snooze burns no attempt`() async throws {
        let fixture = try await Fixture()
        let attempts = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { _, attempt in
            attempts.add("\(attempt.number)")
            if attempts.all.count < 5 { throw Snooze(for: .milliseconds(1), reason: "rate limited") }
        }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers), fixture.maintainer()) {
            try await fixture.eventually(.completed, job.id)
        }
        #expect(attempts.all == ["1", "1", "1", "1", "1"])
    }

    @Test func `a snoozed job tells why it waits`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in throw Snooze(for: .seconds(600), reason: "rate limited") }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) { try await fixture.eventually(.scheduled, job.id) }
        #expect(try await fixture.queue.job(job.id)?.summary.reason == "rate limited")
    }

    @Test func `a payload that does not decode buries the job`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in Issue.record("it ran") }
        let job = NewJob(kind: "note", payload: Array("{".utf8), policy: Note.policy, id: .make())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(handlers)) { try await fixture.eventually(.dead, job.id) }
        #expect(try await fixture.queue.job(job.id)?.summary.lastFailure?.code == "malformed_payload")
    }

    @Test func `a kind that nobody here knows waits for another worker`() async throws {
        let fixture = try await Fixture()
        let job = NewJob(kind: "future", payload: [], policy: Note.policy, id: .make())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(Handlers())) { try await fixture.eventually(.scheduled, job.id) }
        #expect(try await fixture.queue.job(job.id)?.summary.attempts == 0)
    }

    @Test func `an attempt beyond its time limit is cancelled and has failed`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in try await untilCancelled() }
        var policy = Note.policy
        policy.timeLimit = .milliseconds(50)
        policy.maximumAttempts = 1
        let job = NewJob(kind: "note", payload: try Note().encodedPayload(), policy: policy, id: .make())
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(fixture.runner(lease: .milliseconds(800), handlers)) {
            try await fixture.eventually(.dead, job.id)
        }
        #expect(try await fixture.queue.job(job.id)?.summary.lastFailure?.code == "time_limit")
    }

    @Test func `a handler that ignores its cancellation loses its job and its slot`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in
            ran.add(note.text)
            if note.text == "stuck" { await gate.wait() }
        }
        var policy = Note.policy
        policy.timeLimit = .milliseconds(50)
        policy.maximumAttempts = 1
        let stuck = NewJob(
            kind: "note", payload: try Note(text: "stuck").encodedPayload(), policy: policy, id: .make())
        let other = try NewJob(Note(text: "other"))
        _ = try await fixture.queue.enqueue([stuck, other])
        let runner = fixture.runner(
            concurrency: 1, lease: .milliseconds(800), stuckAfter: .milliseconds(50), handlers)
        try await fixture.running(runner) {
            try await fixture.eventually(.dead, stuck.id)
            try await fixture.eventually(.completed, other.id)
            gate.open()
        }
        #expect(ran.all == ["stuck", "other"])
        #expect(fixture.log.all == ["bury", "completed"])
        #expect(try await fixture.state(stuck.id) == .dead)
    }

    @Test func `the application is told before Redis, and a refusal is tried again`() async throws {
        let fixture = try await Fixture()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in }
        let job = try NewJob(Note())
        let refusals = Mutex(2)
        let states = Log()
        let runner = fixture.runner(handlers) { attempt, _ in
            states.add(try await fixture.state(attempt.id)?.rawValue ?? "none")
            let mustRefuse = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if mustRefuse { throw Trouble() }
        }
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(runner) { try await fixture.eventually(.completed, job.id) }
        #expect(states.all == ["running", "running", "running"])
    }

    @Test func `the dead set is capped`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let jobs = try (0..<120).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(jobs)
        for job in try #require(try await worker.claim(200)) { _ = try await worker.fail(job, "bury") }
        #expect(try await fixture.queue.counts().dead == 100)
        #expect(try await fixture.state(jobs[0].id) == nil)
        #expect(try await fixture.state(jobs[119].id) == .dead)
    }

    @Test func `old dead jobs are forgotten`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let held = try #require(try await worker.claim()?.first)
        _ = try await worker.fail(held, "bury")
        let maintainer = fixture.maintainer()
        #expect(try await maintainer.prune() == 0)
        _ = try await fixture.redis.send("ZADD", fixture.key("dead"), "1", .bytes(held.id))
        #expect(try await maintainer.prune() == 1)
        #expect(try await fixture.state(job.id) == nil)
    }
}

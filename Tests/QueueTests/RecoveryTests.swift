import Foundation
import Identifiers
import Logging
import Queue
import Redis
import TestSupport
import Testing

@Suite struct RecoveryTests {
    @Test func `a dead worker's jobs go to the head without costing an attempt`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let survivor = try await RawWorker(fixture)
        let jobs = try (0..<3).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(jobs + [NewJob(Ping())])
        let held = try #require(try await worker.claim(1))
        try await worker.die()
        #expect(try await fixture.maintainer().reap(mayDeclareDead: true) == 0)
        #expect(try await fixture.state(jobs[0].id) == .ready)
        #expect(try await fixture.queue.position(of: jobs[0].id) == 0)
        let again = try #require(try await survivor.claim(1)?.first)
        #expect(again.jobID == jobs[0].id)
        #expect(again.attempts == 0)
        #expect(again.recoveries == 1)
        #expect(again.fence > held[0].fence)
        // Whatever the dead one still says counts for nothing.
        #expect(try await worker.claim(acknowledging: held) == nil)
        #expect(try await worker.fail(held[0], "bury") == nil)
        #expect(try await fixture.state(jobs[0].id) == .running)
    }

    @Test func `untracked jobs of a dead worker come back too`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let survivor = try await RawWorker(fixture)
        _ = try await fixture.queue.enqueue((0..<250).map { try NewJob(Ping(number: $0)) })
        #expect(try await worker.claim(250)?.count == 250)
        try await worker.die()
        let maintainer = fixture.maintainer()
        while try await maintainer.reap(mayDeclareDead: true) > 0 {}
        #expect(try await fixture.queue.queues().first { $0.name == "pings" }?.depth == 250)
        var seen: Set<JobID> = []
        for _ in 0..<25 {
            let held = try #require(try await survivor.claim(10))
            #expect(held.count == 10)
            seen.formUnion(held.map(\.jobID))
            _ = try await survivor.claim(0, acknowledging: held)
        }
        #expect(seen.count == 250)
        // Nothing of them is left behind.
        let keys = try await fixture.redis.send("KEYS", fixture.key("job:*")).array
        #expect(keys?.isEmpty == true)
    }

    @Test func `the living are not taken for dead after an outage or a step of the clock`() {
        var clock = LeaseClock(lease: .seconds(10))
        func observe(_ redis: Int64, _ own: Int64) -> Bool {
            clock.observe(redis: redis * 1000, own: own * 1_000_000_000)
        }
        #expect(!observe(1000, 50))
        #expect(!observe(1009, 59))
        #expect(observe(1010, 60))
        clock.missedAnswer()
        #expect(!observe(1020, 70))
        #expect(observe(1030, 80))
        #expect(!observe(5000, 81))
        #expect(!observe(5009, 90))
        #expect(observe(5010, 91))
    }

    @Test func `a job that alone kills its worker three times is buried and reported`() async throws {
        let fixture = try await Fixture()
        let told = Log()
        let maintainer = fixture.maintainer { _, ending in
            if case .buried(let failure) = ending { told.add(failure.code) }
        }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        for death in 1...3 {
            let worker = try await RawWorker(fixture)
            #expect(try await worker.claim()?.count == 1)
            try await worker.die()
            _ = try await maintainer.reap(mayDeclareDead: true)
            #expect(try await fixture.state(job.id) == (death < 3 ? .ready : .dead))
        }
        try await maintainer.deliverNotices()
        #expect(told.all == ["worker_died_repeatedly"])
        let dead = try #require(try await fixture.queue.job(job.id))
        #expect(dead.summary.lastFailure?.code == "worker_died_repeatedly")
        #expect(dead.summary.recoveries == 3)
    }

    @Test func `bystanders are never buried`() async throws {
        let fixture = try await Fixture()
        let maintainer = fixture.maintainer()
        let poison = try NewJob(Note(text: "poison"))
        var innocents: [JobID] = []
        _ = try await fixture.queue.enqueue(poison)
        // Every life of a worker: it claims what it gets, new work arrives, and it dies whenever the poison is running.
        for _ in 0..<20 {
            let fresh = try (0..<3).map { _ in try NewJob(Note()) }
            innocents += fresh.map(\.id)
            _ = try await fixture.queue.enqueue(fresh)
            let worker = try await RawWorker(fixture)
            var held = try #require(try await worker.claim(4))
            if worker.mustEmpty {
                _ = try await worker.claim(0, acknowledging: held)
                held = try #require(try await worker.claim(4))
                #expect(held.count == 1)
            }
            if held.contains(where: { $0.jobID == poison.id }) {
                try await worker.die()
                while try await maintainer.reap(mayDeclareDead: true) > 0 {}
            } else {
                _ = try await worker.claim(0, acknowledging: held)
            }
        }
        #expect(try await fixture.state(poison.id) == .dead)
        #expect(try await !fixture.queue.states(of: innocents).contains(.dead))
    }

    @Test func `a runner lets nothing run beside a suspect`() async throws {
        let fixture = try await Fixture()
        let maintainer = fixture.maintainer()
        let suspect = try NewJob(Note(text: "suspect"))
        _ = try await fixture.queue.enqueue(suspect)
        for _ in 0..<2 {
            let worker = try await RawWorker(fixture)
            _ = try await worker.claim()
            try await worker.die()
            _ = try await maintainer.reap(mayDeclareDead: true)
        }
        let (first, alone) = (Gate(), Gate())
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Ping.self) { _, _ in
            ran.add("ping")
            await first.wait()
        }
        handlers.on(Note.self) { note, _ in
            ran.add(note.text)
            if note.text == "suspect" { await alone.wait() }
        }
        // Else the suspect would come first.
        try await fixture.queue.pause(queue: "notes")
        _ = try await fixture.queue.enqueue(NewJob(Ping()))
        let runner = JobRunner(
            address: fixture.address, namespace: fixture.namespace, handlers: handlers,
            configuration: .init(queues: [QueueWeight("pings"), QueueWeight("notes")], concurrency: 4, isStrict: true),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await fixture.running(runner) {
            try await eventually("the ping", isTrue: { ran.all == ["ping"] })
            try await fixture.queue.resume(queue: "notes")
            _ = try await fixture.queue.enqueue([NewJob(Note(text: "later")), NewJob(Note(text: "later"))])
            first.open()
            try await eventually("the suspect", isTrue: { ran.all == ["ping", "suspect"] })
            #expect(runner.running().count == 1)
            alone.open()
            try await eventually("the others", isTrue: { ran.count("later") == 2 })
        }
        #expect(ran.all == ["ping", "suspect", "later", "later"])
        #expect(try await fixture.state(suspect.id) == .completed)
    }

    @Test func `jobs that were recovered once run beside each other, those recovered again do not`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.queue.enqueue([NewJob(Note()), NewJob(Note())])
        for _ in 0..<2 {
            let worker = try await RawWorker(fixture)
            #expect(try await worker.claim()?.count == 2)
            try await worker.die()
            _ = try await fixture.maintainer().reap(mayDeclareDead: true)
        }
        let next = try await RawWorker(fixture)
        #expect(try await next.claim()?.count == 1)
        #expect(try await next.claim(recovery: "0")?.isEmpty == true)
        let other = try await RawWorker(fixture)
        #expect(try await other.claim()?.count == 1)
    }

    @Test func `a runner that was killed in mid-job is replaced by another`() async throws {
        let fixture = try await Fixture()
        let lease = Duration.milliseconds(600)
        let victim = try await RawWorker(fixture, lease: lease)
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, attempt in ran.add("\(note.text) \(attempt.number) \(attempt.recoveries)") }
        let job = try NewJob(Note(text: "a"))
        _ = try await fixture.queue.enqueue(job)
        _ = try await victim.claim()
        try await fixture.running(fixture.runner(lease: lease, handlers), fixture.maintainer(lease: lease)) {
            try await fixture.eventually(.completed, job.id)
        }
        #expect(ran.all == ["a 1 1"])
    }

    @Test func `a runner that lost its lease throws its results away and begins a new life`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, attempt in
            ran.add("\(note.text) \(attempt.recoveries)")
            if attempt.recoveries == 0, note.text == "slow" { await gate.wait() }
        }
        let runner = fixture.runner(lease: .milliseconds(800), handlers)
        let job = try NewJob(Note(text: "slow"))
        _ = try await fixture.queue.enqueue(job)
        try await fixture.running(runner) {
            try await eventually("the start", isTrue: { ran.all == ["slow 0"] })
            let before = runner.incarnation
            // Stopped for longer than its lease, as Redis sees it; a heartbeat may come in between.
            try await eventually(
                "the eviction",
                isTrue: {
                    _ = try await fixture.redis.send("ZADD", fixture.key("workers"), "XX", "1", .text(before))
                    _ = try await fixture.maintainer().reap(mayDeclareDead: true)
                    return try await fixture.redis.send("ZSCORE", fixture.key("workers"), .text(before)).isNull
                })
            try await fixture.eventually(.completed, job.id)
            #expect(runner.incarnation != before)
            gate.open()
            try await eventually("the old handler to be forgotten", isTrue: { runner.running().isEmpty })
        }
        #expect(ran.all == ["slow 0", "slow 1"])
        #expect(fixture.log.all == ["completed"])
    }

    @Test func `after FLUSHALL the runner goes on and the application's jobs can be enqueued again`() async throws {
        let fixture = try await Fixture(own: true)
        let gate = Gate()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in
            ran.add(note.text)
            if ran.count("held") == 1, note.text == "held" { await gate.wait() }
        }
        let held = try NewJob(Note(text: "held"))
        let waiting = try NewJob(Note(text: "waiting"), runAt: Date() + 60)
        _ = try await fixture.queue.enqueue([held, waiting])
        let runner = fixture.runner(lease: .milliseconds(800), handlers)
        try await fixture.running(runner) {
            try await eventually("the start", isTrue: { ran.all == ["held"] })
            let before = runner.incarnation
            _ = try await fixture.redis.send("FLUSHALL")
            try await eventually("a new life", isTrue: { runner.incarnation != before })
            gate.open()
            #expect(try await fixture.queue.states(of: [held.id, waiting.id]) == [nil, nil])
            let again = [
                try NewJob(Note(text: "held"), id: held.id), try NewJob(Note(text: "waiting"), id: waiting.id),
            ]
            #expect(try await fixture.queue.enqueue(again) == [.accepted, .accepted])
            try await fixture.eventually(.completed, held.id)
            try await fixture.eventually(.completed, waiting.id)
        }
        // What the first run of "held" came to was thrown away.
        #expect(fixture.log.all == ["completed", "completed"])
    }

    @Test func `a runner outlives a restart of Redis`() async throws {
        let fixture = try await Fixture(own: true)
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        let runner = fixture.runner(lease: .seconds(5), handlers)
        try await fixture.running(runner) {
            let first = try NewJob(Note(text: "before"))
            _ = try await fixture.queue.enqueue(first)
            try await fixture.eventually(.completed, first.id)
            try await fixture.server.restart()
            let second = try NewJob(Note(text: "after"))
            try await eventually("an enqueue") { try? await fixture.queue.enqueue(second) }
            try await fixture.eventually(.completed, second.id)
        }
        #expect(ran.all == ["before", "after"])
    }
}

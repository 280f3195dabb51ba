import Foundation
import Identifiers
import Logging
import Queue
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct DrainTests {
    @Test func `a graceful end waits for what runs and claims nothing more`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in
            ran.add(note.text)
            await gate.wait()
        }
        let (one, two) = (try NewJob(Note(text: "one")), try NewJob(Note(text: "two")))
        let runner = fixture.runner(concurrency: 1, handlers)
        _ = try await fixture.queue.enqueue([one, two])
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: runner)], logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }))
        let run = Task { try await group.run() }
        try await fixture.eventually(.running, one.id)
        await group.triggerGracefulShutdown()
        try await eventually("the drain to begin", isTrue: { runner.isDraining })
        gate.open()
        try await run.value
        #expect(ran.all == ["one"])
        #expect(try await fixture.queue.states(of: [one.id, two.id]) == [.completed, .ready])
        #expect(try await fixture.queue.workers().isEmpty)
    }

    @Test(arguments: [true, false])
    func `what outlasts the drain goes back to the head`(heedsCancellation: Bool) async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in
            if heedsCancellation { try await untilCancelled() } else { await gate.wait() }
        }
        let (one, two) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue([one, two])
        let runner = fixture.runner(
            concurrency: 1, lease: .seconds(2), drain: .milliseconds(50), stuckAfter: .milliseconds(50), handlers)
        try await fixture.running(runner) { try await fixture.eventually(.running, one.id) }
        gate.open()
        #expect(fixture.log.all == ["given_back"])
        #expect(try await fixture.queue.states(of: [one.id, two.id]) == [.ready, .ready])
        #expect(try await fixture.queue.position(of: one.id) == 0)
        let job = try #require(try await fixture.queue.job(one.id)).summary
        #expect(job.interruptions == 1)
        #expect(job.attempts == 0)
        #expect(job.recoveries == 0)
        #expect(try await fixture.queue.workers().isEmpty)
    }

    @Test func `an untracked job that is given back keeps its payload`() async throws {
        let fixture = try await Fixture()
        let heard = Log()
        var handlers = Handlers()
        handlers.on(Ping.self) { ping, attempt in
            heard.add("\(ping.number) \(attempt.interruptions)")
            if attempt.interruptions == 0 { try await untilCancelled() }
        }
        _ = try await fixture.queue.enqueue(NewJob(Ping(number: 5)))
        try await fixture.running(fixture.runner(drain: .zero, handlers)) {
            try await eventually("the start", isTrue: { heard.all == ["5 0"] })
        }
        try await fixture.running(fixture.runner(handlers)) {
            try await eventually("the second run", isTrue: { heard.all == ["5 0", "5 1"] })
        }
        #expect(try await fixture.redis.send("KEYS", fixture.key("job:*")).array?.isEmpty == true)
    }

    @Test func `a quiet worker claims nothing until it is told otherwise`() async throws {
        let fixture = try await Fixture()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        let runner = fixture.runner(lease: .milliseconds(800), handlers)
        try await fixture.running(runner) {
            try await eventually("it to register", isTrue: { try await !fixture.queue.workers().isEmpty })
            #expect(try await fixture.queue.quiet(worker: runner.incarnation))
            try await eventually("quiet", isTrue: { try await fixture.queue.workers().first?.isQuiet == true })
            #expect(try await fixture.queue.quiet(worker: "nobody") == false)
            runner.quiet()
            let job = try NewJob(Note(text: "later"))
            _ = try await fixture.queue.enqueue(job)
            #expect(ran.all.isEmpty)
            #expect(try await fixture.queue.quiet(worker: runner.incarnation, false))
            runner.quiet(false)
            try await fixture.eventually(.completed, job.id)
        }
    }

    @Test func `a worker tells what it is and what it runs`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in await gate.wait() }
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let runner = fixture.runner(concurrency: 3, lease: .milliseconds(800), handlers)
        try await fixture.running(runner) {
            let worker = try await eventually("its heartbeat") {
                try await fixture.queue.workers().first { $0.running == 1 }
            }
            #expect(worker.queues == ["notes", "pings"])
            #expect(worker.kinds == ["note"])
            #expect(worker.concurrency == 3)
            #expect(worker.incarnation == runner.incarnation)
            #expect(worker.leaseExpiresAt > worker.startedAt)
            #expect(runner.running().map(\.attempt.id) == [job.id])
            let status = try #require(try await fixture.queue.queues().first)
            #expect(status.running == 1)
            #expect(status.workers == 1)
            #expect(try await fixture.queue.list(state: .running).map(\.id) == [job.id])
            gate.open()
        }
    }

    @Test func `a queue that was at its limit is heard again as soon as it is below it`() async throws {
        let fixture = try await Fixture(own: true)
        let gate = Gate()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in await gate.wait() }
        let (one, two) = (try NewJob(Note()), try NewJob(Note()))
        _ = try await fixture.queue.enqueue(one)
        let queues = [QueueWeight("notes", limit: 1), QueueWeight("pings")]
        try await fixture.running(fixture.runner(queues: queues, handlers)) {
            try await fixture.eventually(.running, one.id)
            try await eventually("the wait at the other queue") {
                let clients = try await fixture.redis.send("CLIENT", "LIST").string ?? ""
                return clients.contains("cmd=bzpopmin") ? true : nil
            }
            _ = try await fixture.redis.send("DEL", fixture.key("wake:notes"))
            gate.open()
            try await fixture.eventually(.completed, one.id)
            _ = try await fixture.queue.enqueue(two)
            try await eventually(
                "the second", within: .seconds(2), isTrue: { try await fixture.state(two.id) == .completed })
        }
    }

    @Test func `a queue's limit holds within a process`() async throws {
        let fixture = try await Fixture()
        let gate = Gate()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in
            ran.add("note")
            await gate.wait()
        }
        handlers.on(Ping.self) { _, _ in ran.add("ping") }
        _ = try await fixture.queue.enqueue((0..<4).map { _ in try NewJob(Note()) })
        let queues = [QueueWeight("notes", limit: 2), QueueWeight("pings")]
        try await fixture.running(fixture.runner(queues: queues, handlers)) {
            try await eventually("two notes", isTrue: { ran.count("note") == 2 })
            _ = try await fixture.queue.enqueue(NewJob(Ping()))
            try await eventually("the ping", within: .seconds(3), isTrue: { ran.count("ping") == 1 })
            #expect(ran.count("note") == 2)
            gate.open()
            try await eventually("the rest", isTrue: { ran.count("note") == 4 })
        }
    }
}

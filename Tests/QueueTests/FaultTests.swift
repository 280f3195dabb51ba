import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct FaultTests {
    @Test func `connections that are cut again and again lose and double nothing`() async throws {
        let fixture = try await Fixture(own: true)
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add("note \(note.text)") }
        handlers.on(Ping.self) { ping, _ in ran.add("ping \(ping.number)") }
        let knife = RedisConnection(fixture.address)
        let cutter = Task {
            while !Task.isCancelled {
                _ = try? await knife.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                try? await Task.sleep(for: .milliseconds(7))
            }
        }
        let ids = (0..<400).map { _ in JobID.make() }
        let runners = [fixture.runner(concurrency: 16, handlers), fixture.runner(concurrency: 16, handlers)]
        try await fixture.running(runners[0], runners[1]) {
            for (number, id) in ids.enumerated() {
                // Tracked jobs are idempotent, so an error is answered by asking again.
                try await eventually("an enqueue") {
                    try? await fixture.queue.enqueue(NewJob(Note(text: "\(number)"), id: id))
                }
                if number % 4 == 0 {
                    let pings = try (0..<10).map { try NewJob(Ping(number: number * 10 + $0)) }
                    _ = try? await fixture.queue.enqueue(pings)
                }
            }
            cutter.cancel()
            _ = await cutter.value
            try await eventually(
                "every note", within: .seconds(30),
                isTrue: {
                    try await fixture.queue.states(of: ids).allSatisfy { $0 == .completed }
                })
            try await eventually(
                "every ping",
                isTrue: {
                    try await fixture.queue.queues().allSatisfy { $0.depth == 0 && $0.running == 0 }
                        && runners.allSatisfy { $0.running().isEmpty }
                })
        }
        #expect(ran.all.count { $0.hasPrefix("note") } == 400)
        // Nothing ran twice.
        #expect(Set(ran.all).count == ran.all.count)
    }

    @Test func `a server that is killed and restarted under load loses nothing that it acknowledged`() async throws {
        let fixture = try await Fixture(own: true)
        _ = try await fixture.redis.send("CONFIG", "SET", "appendfsync", "always")
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        var ids: [JobID] = []
        try await fixture.running(fixture.runner(concurrency: 4, handlers)) {
            for number in 0..<200 {
                let id = JobID.make()
                try await eventually("an enqueue") {
                    try? await fixture.queue.enqueue(NewJob(Note(text: "\(number)"), id: id))
                }
                ids.append(id)
                if number == 100 {
                    try await fixture.server.kill()
                    try await fixture.server.restart(options: ["--appendfsync", "always"])
                }
            }
            try await eventually(
                "every job", within: .seconds(30),
                isTrue: {
                    try await fixture.queue.states(of: ids).allSatisfy { $0 == .completed }
                })
        }
        #expect(Set(ran.all).count == 200)
    }

    @Test(arguments: [SIGKILL, SIGSTOP])
    func `a runner with results for a server that is away ends in time`(signal: Int32) async throws {
        let fixture = try await Fixture(own: true)
        let gate = Gate()
        var handlers = Handlers()
        handlers.on(Note.self) { _, _ in await gate.wait() }
        let runner = fixture.runner(drain: .zero, handlers)
        let job = try NewJob(Note())
        _ = try await fixture.queue.enqueue(job)
        let clock = ContinuousClock()
        var begin = clock.now
        try await fixture.running(runner) {
            try await fixture.eventually(.running, job.id)
            fixture.server.signal(signal)
            gate.open()
            try await eventually("the end of the job", isTrue: { runner.running().isEmpty })
            begin = clock.now
        }
        let time = begin.duration(to: clock.now)
        if signal == SIGSTOP { fixture.server.signal(SIGCONT) }
        #expect(time < .seconds(5))
    }

    @Test func `a runner ends in time although Redis is away`() async throws {
        let fixture = try await Fixture(own: true)
        let runner = fixture.runner(lease: .seconds(2), drain: .zero, Handlers())
        try await fixture.server.kill()
        try await fixture.running(runner) {}
    }
}

import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

/// What stands in the way: entries without a job, jobs that Redis holds for nobody, suspects.
@Suite struct StaleTests {
    @Test func `behind any number of stale entries the next job is found at once`() async throws {
        let fixture = try await Fixture()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        let stale = try (0..<2500).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(stale + [NewJob(Note(text: "good"))])
        _ = try await fixture.queue.cancel(stale.map(\.id))
        // No marker leads to a second look.
        _ = try await fixture.redis.send("DEL", fixture.key("wake:notes"))
        try await fixture.running(fixture.runner(concurrency: 1, handlers)) {
            try await eventually("the good one", within: .seconds(4), isTrue: { ran.all == ["good"] })
        }
    }

    @Test func `stale entries among recovered ones cost no call`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        let jobs = try (0..<5).map { _ in try NewJob(Note()) }
        _ = try await fixture.queue.enqueue(jobs)
        _ = try await worker.claim()
        try await worker.die()
        _ = try await fixture.maintainer().reap(mayDeclareDead: true)
        let gone = try await fixture.redis.send("LRANGE", fixture.key("q:notes:r"), "0", "3").array ?? []
        for entry in gone {
            let id = Array((entry.bytes ?? [])[1..<17])
            _ = try await fixture.redis.send("DEL", .bytes(Array("\(fixture.queue.keyPrefix)job:".utf8) + id))
        }
        let next = try await RawWorker(fixture)
        #expect(try await next.claim(1)?.count == 1)
        #expect(next.dropped == 4)
    }

    @Test func `a suspect is seen before anything is claimed, and at last runs beside others`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.queue.enqueue(NewJob(Ping()))
        for _ in 0..<2 {
            let victim = try await RawWorker(fixture)
            #expect(try await victim.claim()?.count == 1)
            try await victim.die()
            _ = try await fixture.maintainer().reap(mayDeclareDead: true)
        }
        let worker = try await RawWorker(fixture)
        try await fixture.queue.pause(queue: "pings")
        _ = try await fixture.queue.enqueue([NewJob(Note()), NewJob(Note())])
        #expect(try await worker.claim(1)?.map(\.queue) == ["notes"])
        try await fixture.queue.resume(queue: "pings")
        // The queue of notes stands first, and still nothing of it is taken.
        #expect(try await worker.claim()?.isEmpty == true)
        #expect(worker.mustEmpty)
        #expect(try await worker.claim(recovery: "2")?.map(\.queue) == ["pings"])
        #expect(!worker.mustEmpty)
    }

    @Test func `a job that Redis holds for a worker that has forgotten it runs again`() async throws {
        let fixture = try await Fixture()
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        let runner = fixture.runner(lease: .milliseconds(800), handlers)
        let job = try NewJob(Note(text: "lost"))
        let other = try await RawWorker(fixture)
        _ = try await fixture.queue.enqueue(job)
        _ = try await other.claim()
        try await fixture.running(runner) {
            try await eventually(
                "it to register", isTrue: { try await fixture.queue.workers().contains { $0.concurrency == 8 } })
            let held = fixture.key("inflight:\(other.name)")
            let value = try #require(try await fixture.redis.send("HGET", held, .bytes(rawID(job.id))).bytes)
            _ = try await fixture.redis.send("DEL", held)
            _ = try await fixture.redis.send(
                "HSET", fixture.key("inflight:\(runner.incarnation)"), .bytes(rawID(job.id)), .bytes(value))
            try await fixture.eventually(.completed, job.id)
        }
        #expect(ran.all == ["lost"])
    }

    @Test func `a dead worker with thousands of jobs is emptied in as many slices as it takes`() async throws {
        let fixture = try await Fixture()
        let worker = try await RawWorker(fixture)
        _ = try await fixture.queue.enqueue((0..<5000).map { try NewJob(Ping(number: $0)) })
        for _ in 0..<5 { _ = try await worker.claim(1000) }
        try await worker.die()
        let maintainer = fixture.maintainer()
        var slices = 1
        while try await maintainer.reap(mayDeclareDead: true) > 0, slices < 500 { slices += 1 }
        #expect(slices < 500)
        #expect(try await fixture.redis.send("LLEN", fixture.key("q:pings:r")).integer == 5000)
    }
}

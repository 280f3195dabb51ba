import Identifiers
import Queue
import TestSupport
import Testing

@Suite struct RunningTests {
    @Test func `tracked and untracked jobs run with their payloads`() async throws {
        let fixture = try await Fixture()
        let heard = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, attempt in heard.add("\(note.text) \(attempt.number) of \(attempt.maximum)") }
        handlers.on(Ping.self) { ping, attempt in heard.add("\(ping.number) \(attempt.isTracked)") }
        let id = JobID.make()
        #expect(try await fixture.queue.enqueue(NewJob(Note(text: "hello"), id: id)) == .accepted)
        try await fixture.running(fixture.runner(handlers)) {
            #expect(try await fixture.queue.enqueue(NewJob(Ping(number: 7))) == .accepted)
            try await eventually("both", isTrue: { heard.all.count == 2 })
            try await fixture.eventually(.completed, id)
        }
        #expect(Set(heard.all) == ["hello 1 of 3", "7 false"])
        #expect(fixture.log.all == ["completed", "completed"])
        #expect(try await fixture.queue.workers().isEmpty)
    }

    @Test func `a thousand jobs run once each`() async throws {
        let fixture = try await Fixture()
        let heard = Log()
        var handlers = Handlers()
        handlers.on(Ping.self) { ping, _ in heard.add("\(ping.number)") }
        let answers = try await fixture.queue.enqueue((0..<1000).map { try NewJob(Ping(number: $0)) })
        #expect(answers.allSatisfy { $0 == .accepted })
        try await fixture.running(fixture.runner(concurrency: 64, handlers), fixture.runner(concurrency: 64, handlers))
        {
            try await eventually("all", isTrue: { heard.all.count >= 1000 })
        }
        #expect(Set(heard.all).count == 1000)
        #expect(heard.all.count == 1000)
        let status = try await fixture.queue.queues()
        #expect(status.map(\.depth) == [0])
    }
}

import Assistant
import Foundation
import Identifiers
import Jobs
import Queue
import Store
import TestSupport
import Testing
import Worker

@Suite struct GenerateAnswerTests {
    private func handler(
        _ fixture: Fixture, checkpointPause: Duration = .seconds(3600),
        _ answering: @escaping GenerateAnswerHandler.Answering
    ) -> GenerateAnswerHandler {
        GenerateAnswerHandler(
            run: fixture.run, pace: .init(flush: .zero, step: .zero), checkpointPause: checkpointPause,
            answering: answering)
    }

    private func handle(
        _ handler: GenerateAnswerHandler, _ job: TrackedJob, _ attempt: Attempt
    ) async throws {
        try await handler.handle(
            GenerateAnswer.decoded(payload: Array(job.payload.utf8)), attempt)
    }

    @Test func `an answer is streamed, saved and told to its end`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let handler = handler(fixture) { question, history in
            #expect(question == "What is a tern?" && history.isEmpty)
            return Script.of(
                .stage(.retrieving), .stage(.generating), .sources([]), .delta("A "), .delta("bird."), .end("A bird.")
            ).events
        }
        try await handle(handler, job, fixture.attempt(job))

        let ended = try await fixture.found(job)
        #expect(ended.status == .succeeded && ended.outcome == "answered" && ended.attempt == 1)
        #expect(try await fixture.response(job) == "A bird.")
        let account = try #require(job.accountID)
        let answer = try #require(try await fixture.store.jobs.answer(job.id, of: account))
        #expect(answer.usage?.contains("scripted") == true)
        let told = try await fixture.told(job)
        #expect(told.filter { $0 == .delta("A ") || $0 == .delta("bird.") }.count == 2)
        let stages = told.compactMap { if case .status(let status) = $0 { status.stage } else { nil } }
        #expect(stages == ["retrieving", "generating", "saving"])
        #expect(told.last == .done)
    }

    @Test func `the first answer orders a title, once, and it is in the queue`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let handler = handler(fixture) { _, _ in Script.of(.end("A bird.")).events }
        try await handle(handler, job, fixture.attempt(job))
        let titles = try await fixture.store.jobs.list(JobFilter(kind: MakeTitle.kind)).elements
        #expect(titles.count == 1)
        #expect(try await fixture.queue.states(of: titles.map(\.id)) == [.ready])
    }

    @Test func `the history is the branch before the question`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.account().id
        let first = try await fixture.ask("What is a tern?", by: account)
        try await handle(
            handler(fixture) { _, _ in Script.of(.end("A bird.")).events }, first, fixture.attempt(first))
        let conversation = try #require(first.conversationID)
        let second = try await fixture.ask("And a gull?", by: account, in: .conversation(conversation))
        let handler = handler(fixture) { question, history in
            #expect(question == "And a gull?")
            #expect(history == [Turn(.user, "What is a tern?"), Turn(.assistant, "A bird.")])
            return Script.of(.end("Another bird.")).events
        }
        try await handle(handler, second, fixture.attempt(second))
        #expect(try await fixture.found(second).status == .succeeded)
    }

    @Test func `a cancelled answer keeps its partial text`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let script = Script()
        script.continuation.yield(.delta("Half an "))
        let handler = handler(fixture) { _, _ in script.events }
        let attempt = fixture.attempt(job)
        let running = Task { try await handle(handler, job, attempt) }
        try await eventually("the first delta") { try await fixture.feed.snapshot(job.id)?.text == "Half an " }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        try await fixture.recorder.record(attempt, .cancelled)
        #expect(try await fixture.found(job).status == .cancelled)
        #expect(try await fixture.response(job) == "Half an ")
        #expect(try await fixture.told(job).last == .done)
    }

    @Test func `a retry after the first delta starts the text anew`() async throws {
        struct Broken: Error {}
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let failing = handler(fixture) { _, _ in Script.of(.delta("Wrong"), failing: Broken()).events }
        let first = fixture.attempt(job, number: 1, fence: 1)
        await #expect(throws: Broken.self) { try await handle(failing, job, first) }
        let retryTime = Date(timeIntervalSinceNow: 5)
        try await fixture.recorder.record(
            first, .retry(at: retryTime, JobFailure(code: "failed", message: "a secret path")))
        let waiting = try await fixture.found(job)
        #expect(waiting.status == .retrying)
        #expect(abs(try #require(waiting.nextAttemptAt).timeIntervalSince(retryTime)) < 0.01)
        #expect(waiting.error?.contains("a secret path") == false)

        let working = handler(fixture) { _, _ in Script.of(.delta("Right"), .end("Right")).events }
        try await handle(working, job, fixture.attempt(job, number: 2, fence: 2))
        #expect(try await fixture.found(job).status == .succeeded)
        #expect(try await fixture.response(job) == "Right")
        let told = try await fixture.told(job)
        #expect(told.filter { $0 == .reset }.count == 1)
        #expect(try await fixture.feed.snapshot(job.id)?.text == "Right")
    }

    @Test func `an attempt with a stale fence changes nothing, and the job ends once`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let script = Script()
        script.continuation.yield(.delta("Old"))
        let slow = handler(fixture) { _, _ in script.events }
        let old = fixture.attempt(job, fence: 1)
        let running = Task { try await handle(slow, job, old) }
        try await eventually("the old delta") { try await fixture.feed.snapshot(job.id)?.text == "Old" }

        let fast = handler(fixture) { _, _ in Script.of(.delta("New"), .end("New")).events }
        try await handle(fast, job, fixture.attempt(job, fence: 2))
        let version = try await fixture.found(job).version
        script.continuation.yield(.delta(" text"))
        script.continuation.yield(.end("Old text"))
        try await running.value
        for conclusion: Conclusion in [
            .bury(JobFailure(code: "failed", message: "")), .cancelled, .givenBack, .expired,
            .retry(at: Date(), JobFailure(code: "failed", message: "")), .snooze(until: Date(), reason: ""),
        ] {
            try await fixture.recorder.record(old, conclusion)
        }
        let ended = try await fixture.found(job)
        #expect(ended.status == .succeeded && ended.version == version)
        #expect(try await fixture.response(job) == "New")
        #expect(try await fixture.told(job).filter { $0 == .done }.count == 1)
        #expect(try await fixture.store.jobs.list(JobFilter(kind: MakeTitle.kind)).elements.count == 1)
    }

    @Test func `the text so far is in the Store while the answer goes on`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let script = Script()
        let handler = handler(fixture, checkpointPause: .zero) { _, _ in script.events }
        let attempt = fixture.attempt(job)
        let running = Task { try await handle(handler, job, attempt) }
        script.continuation.yield(.delta("So "))
        script.continuation.yield(.delta("far"))
        let row = try await eventually("the checkpoint") {
            let row = try await fixture.found(job)
            return row.partialText == "So far" ? row : nil
        }
        // Whoever starts from the checkpoint goes on behind the event that it covers.
        #expect(row.partialEventID == (try await fixture.feed.snapshot(job.id)?.lastEventID))
        script.continuation.yield(.end("So far"))
        try await running.value
        #expect(try await fixture.found(job).partialText == nil)
    }

    @Test func `a cancellation that only the Store knows ends the answer at its next checkpoint`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let script = Script()
        let handler = handler(fixture, checkpointPause: .zero) { _, _ in script.events }
        let attempt = fixture.attempt(job)
        let running = Task { try await handle(handler, job, attempt) }
        script.continuation.yield(.delta("Kept"))
        try await eventually("the checkpoint") { try await fixture.found(job).partialText == "Kept" }
        _ = try await fixture.store.jobs.requestCancel(job.id)
        script.continuation.yield(.delta(" too"))
        try await running.value
        #expect(try await fixture.found(job).status == .cancelled)
        #expect(try await fixture.response(job) == "Kept too")
        #expect(try await fixture.told(job).last == .done)
    }

    @Test func `the last transaction decides between finished and cancelled`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let handler = handler(fixture) { _, _ in
            _ = try await fixture.store.jobs.requestCancel(job.id)
            return Script.of(.delta("All"), .end("All")).events
        }
        try await handle(handler, job, fixture.attempt(job))
        #expect(try await fixture.found(job).status == .cancelled)
        #expect(try await fixture.response(job) == "All")
    }

    @Test func `a job that is over is only acknowledged`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        _ = try await fixture.store.jobs.end(job.id, fence: nil, as: .cancelled)
        let handler = handler(fixture) { _, _ in
            Issue.record("answered nevertheless")
            return Script.of().events
        }
        for fence: Int64 in [7, 8] { try await handle(handler, job, fixture.attempt(job, fence: fence)) }
        #expect(try await fixture.found(job).status == .cancelled)
        // Whoever ended it died before it told the feed.
        #expect(try await fixture.told(job) == [.done])
    }

    @Test func `a stream that ends without an answer is a failure`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        let handler = handler(fixture) { _, _ in Script.of(.delta("…")).events }
        await #expect(throws: (any Error).self) { try await handle(handler, job, fixture.attempt(job)) }
        #expect(try await fixture.found(job).status == .running)
    }
}

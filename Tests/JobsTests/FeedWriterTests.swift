import Jobs
import Redis
import TestSupport
import Testing

@Suite struct FeedWriterTests {
    private let never = FeedWriter.Pace(flush: .seconds(3600), step: .seconds(3600))

    @Test func `deltas that follow each other closely become one event`() async throws {
        let fixture = try await Fixture()
        let writer = fixture.writer(pace: never)
        for number in 1...100 { try await writer.append(delta: "\(number) ") }
        try await writer.finish()
        let slice = try await fixture.feed().events(fixture.id)
        let text = (1...100).map { "\($0) " }.joined()
        #expect(slice.text == text)
        #expect(await writer.text == text)
        #expect(slice.told.filter { if case .delta = $0 { true } else { false } }.count == 2)
        #expect(await writer.lastEventID == slice.next)
    }

    @Test func `text waits no longer than the pace says`() async throws {
        let fixture = try await Fixture()
        let writer = fixture.writer(pace: .init(flush: .milliseconds(5), step: .milliseconds(5)))
        try await writer.append(delta: "a")
        try await writer.append(delta: "b")
        try await eventually("the second delta") { try await fixture.feed().snapshot(fixture.id)?.text == "ab" }
    }

    @Test func `text alone moves the version no faster than the step, stages at once`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let writer = fixture.writer(pace: .init(flush: .zero, step: .seconds(3600)))
        func version() async throws -> Int64 { try #require(try await feed.snapshot(fixture.id)).version }
        try await writer.append(delta: "a")
        let first = try await version()
        for _ in 1...20 { try await writer.append(delta: "b") }
        #expect(try await version() == first)
        try await writer.enter(stage: "saving")
        #expect(try await version() > first)
    }

    @Test func `a version that the step held back follows by itself`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let writer = fixture.writer(pace: .init(flush: .zero, step: .milliseconds(20)))
        try await writer.append(delta: "a")
        let first = try #require(try await feed.snapshot(fixture.id)).version
        try await writer.append(delta: "b")
        try await eventually("the version") { try await (feed.snapshot(fixture.id)?.version ?? 0) > first }
        await #expect(writer.text == "ab")
    }

    @Test func `a new attempt resets the text of the last, and only then`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let first = fixture.writer(fence: 1)
        try await first.enter(stage: "generating")
        try await first.append(delta: "half an ans")
        try await first.finish()
        let second = fixture.writer(fence: 2, attempt: 2)
        try await second.enter(stage: "retrieving")
        try await second.append(delta: "An answer")
        try await second.finish()
        let slice = try await feed.events(fixture.id)
        #expect(slice.text == "An answer")
        #expect(slice.told.filter { $0 == .reset }.count == 1)
        #expect(try await feed.snapshot(fixture.id)?.text == "An answer")
        let third = fixture.writer(fence: 3, attempt: 3)
        try await third.enter(stage: "retrieving")
        let fourth = fixture.writer(fence: 4, attempt: 4)
        try await fourth.enter(stage: "retrieving")
        #expect(try await feed.events(fixture.id).told.filter { $0 == .reset }.count == 2)
    }

    @Test func `an attempt hears that a newer one has the job`() async throws {
        let fixture = try await Fixture()
        let old = fixture.writer(fence: 1)
        try await old.append(delta: "old")
        try await fixture.writer(fence: 2).enter(stage: nil)
        await #expect(throws: FeedSuperseded.self) { try await old.enter(stage: "saving") }
        await #expect(throws: FeedSuperseded.self) { try await old.append(delta: "more") }
        #expect(try await fixture.feed().snapshot(fixture.id)?.text == "")
    }

    @Test func `a feed that Redis lost is told again as a whole`() async throws {
        let fixture = try await Fixture()
        let writer = fixture.writer(pace: .init(flush: .zero, step: .milliseconds(5)))
        try await writer.enter(stage: "generating")
        try await writer.tell(sources: "[1]")
        try await writer.append(delta: "before ")
        try await fixture.loseFeed()
        try await writer.append(delta: "after")
        try await eventually("the whole text") {
            try await fixture.feed().snapshot(fixture.id)?.text == "before after"
        }
        let snapshot = try #require(try await fixture.feed().snapshot(fixture.id))
        #expect(snapshot.sources == "[1]" && snapshot.stage == "generating")
    }

    @Test func `trouble with Redis never reaches the answer`() async throws {
        let server = try await RedisServer.start()
        let redis = RedisConnection(try RedisAddress(parsing: server.url))
        let feed = AnswerFeed(redis: redis)
        let fixture = try await Fixture()
        let writer = FeedWriter(
            feed: feed, id: fixture.id, fence: 1, attempt: 1, pace: .init(flush: .zero, step: .milliseconds(5)))
        try await writer.append(delta: "one ")
        try await server.kill()
        try await writer.append(delta: "two ")
        try await writer.append(delta: "three")
        try await server.restart()
        try await eventually("the whole text") { try? await feed.snapshot(fixture.id)?.text == "one two three" }
    }

    @Test func `a job that is revived after its end has a feed from the beginning`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let first = fixture.writer(fence: 1)
        try await first.append(delta: "half")
        try await first.finish()
        try await feed.append([.done], to: fixture.id, fence: AnswerFeed.endOfJob)
        let place = try #require(try await feed.events(fixture.id).next)
        let before = try #require(try await feed.snapshot(fixture.id))
        let second = fixture.writer(fence: 2)
        try await second.append(delta: "whole")
        try await second.finish()
        let after = try #require(try await feed.snapshot(fixture.id))
        #expect(after.text == "whole" && !after.isDone)
        #expect(after.version > before.version && after.resets > before.resets)
        #expect(try await feed.events(fixture.id, after: place).isTrimmed)
    }
}

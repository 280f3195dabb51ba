import Identifiers
import Jobs
import Redis
import TestSupport
import Testing

@Suite struct AnswerFeedTests {
    @Test func `events come back in order with rising ids`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let events: [FeedEvent] = [
            .status(FeedStatus(status: "running", stage: "generating", attempt: 1)),
            .sources(#"[{"n":1}]"#), .delta("Grüße, "), .delta("Welt"), .reset,
            .failure(FeedFailure(code: "time_limit", title: "Too long.", detail: nil, retryable: true)), .done,
        ]
        #expect(try await feed.append(events, to: fixture.id, fence: 1))
        let slice = try await feed.events(fixture.id)
        #expect(slice.told == events)
        #expect(!slice.isTrimmed)
        #expect(!slice.hasMore)
        #expect(slice.next == slice.events.last?.id)
    }

    @Test func `a reader resumes after the event it has, without loss or repeat`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        for text in ["a", "b", "c", "d"] { try await feed.append([.delta(text)], to: fixture.id, fence: 1) }
        let all = try await feed.events(fixture.id)
        for (index, entry) in all.events.enumerated() {
            let rest = try await feed.events(fixture.id, after: entry.id)
            #expect(rest.told == Array(all.told.dropFirst(index + 1)))
            #expect(!rest.isTrimmed)
        }
        let none = try await feed.events(fixture.id, after: all.next)
        #expect(none.events.isEmpty && none.next == all.next)
    }

    @Test func `a slice is bounded and says that more follows`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        try await feed.append((1...5).map { .delta("\($0)") }, to: fixture.id, fence: 1)
        var text = ""
        var place: String?
        repeat {
            let slice = try await feed.events(fixture.id, after: place, limit: 2)
            #expect(slice.events.count <= 2)
            text += slice.text
            place = slice.next
            if !slice.hasMore { break }
        } while true
        #expect(text == "12345")
    }

    @Test func `an older attempt can't write after a newer one`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        #expect(try await feed.append([.delta("new")], to: fixture.id, fence: 2))
        #expect(try await !feed.append([.delta("old")], to: fixture.id, fence: 1))
        #expect(try await feed.append([.delta("er")], to: fixture.id, fence: 2))
        #expect(try await feed.events(fixture.id).text == "newer")
    }

    @Test func `nothing is appended after the end of the job`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        #expect(try await feed.append([.done], to: fixture.id, fence: AnswerFeed.endOfJob))
        #expect(try await !feed.append([.delta("late")], to: fixture.id, fence: 1_700_000_000_000_000))
        #expect(try await feed.events(fixture.id).told == [.done])
    }

    @Test func `the version grows with visible changes only`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        var versions: [Int64] = []
        for bumps in [true, true, false, true] {
            try await feed.append([.delta("x")], to: fixture.id, fence: 1, bumpsVersion: bumps)
            versions.append(try #require(try await feed.snapshot(fixture.id)).version)
        }
        #expect(versions[0] > 1_600_000_000_000)
        #expect(versions[1] > versions[0])
        #expect(versions[2] == versions[1])
        #expect(versions[3] > versions[2])
    }

    @Test func `a snapshot holds what the events add up to`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        #expect(try await feed.snapshot(fixture.id) == nil)
        let status = FeedStatus(status: "running", stage: "generating", attempt: 2)
        try await feed.append(
            [.delta("gone"), .sources("[]"), .reset, .status(status), .sources("[1]"), .delta("Hel"), .delta("lo")],
            to: fixture.id, fence: 1)
        let snapshot = try #require(try await feed.snapshot(fixture.id))
        #expect(snapshot.text == "Hello")
        #expect(snapshot.status == status)
        #expect(snapshot.stage == "generating")
        #expect(snapshot.sources == "[1]")
        #expect(snapshot.resets == 1)
        #expect(!snapshot.isDone)
        #expect(try await feed.events(fixture.id, after: snapshot.lastEventID).events.isEmpty)
        try await feed.append([.done], to: fixture.id, fence: 1)
        #expect(try await feed.snapshot(fixture.id)?.isDone == true)
    }

    @Test func `a place that was trimmed away is told, and the snapshot still has the whole text`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed { $0.events = 100 }
        try await feed.append([.delta("0 ")], to: fixture.id, fence: 1)
        let early = try #require(try await feed.events(fixture.id).next)
        for number in 1...500 { try await feed.append([.delta("\(number) ")], to: fixture.id, fence: 1) }
        #expect(try await feed.events(fixture.id).isTrimmed)
        #expect(try await feed.events(fixture.id, after: early).isTrimmed)
        let snapshot = try #require(try await feed.snapshot(fixture.id))
        #expect(snapshot.text == (0...500).map { "\($0) " }.joined())
        let rest = try await feed.events(fixture.id, after: snapshot.lastEventID)
        #expect(!rest.isTrimmed && rest.events.isEmpty)
    }

    @Test func `a place in a feed that Redis lost counts as trimmed, whether it was begun again or not`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        try await feed.append([.delta("a")], to: fixture.id, fence: 1)
        let place = try #require(try await feed.events(fixture.id).next)
        try await fixture.loseFeed()
        #expect(try await feed.events(fixture.id, after: place).isTrimmed)
        #expect(try await !feed.events(fixture.id).isTrimmed)
        try await feed.append([.delta("b")], to: fixture.id, fence: 2)
        #expect(try await feed.events(fixture.id, after: place).isTrimmed)
    }

    @Test(arguments: ["", "x", "1-", "-1", "1-2-3", "9999999999999999999999-0", "1-1; DEL"])
    func `a malformed place counts as trimmed`(place: String) async throws {
        let fixture = try await Fixture()
        let slice = try await fixture.feed().events(fixture.id, after: place)
        #expect(slice.isTrimmed && slice.events.isEmpty)
    }

    @Test func `every key of a feed expires, sooner once it is done`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        try await feed.append([.delta("a")], to: fixture.id, fence: 1)
        for _ in 1...2 {
            let keys = try await fixture.redis.send("KEYS", .text("{\(fixture.namespace)}:*")).array ?? []
            #expect(keys.count == 3)
            for key in keys.compactMap(\.bytes) {
                let left = try #require(try await fixture.redis.send("TTL", .bytes(key)).integer)
                let isDone = try await feed.snapshot(fixture.id)?.isDone == true
                #expect(isDone ? (1...900).contains(left) : (901...3600).contains(left))
            }
            try await feed.append([.done], to: fixture.id, fence: 1)
        }
    }

    @Test func `an event of a newer version is passed over`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        try await feed.append([.delta("a")], to: fixture.id, fence: 1)
        _ = try await fixture.redis.send(
            "XADD", .text("{\(fixture.namespace)}:feed:\(fixture.id)"), "*", "picture", "…")
        try await feed.append([.delta("b")], to: fixture.id, fence: 1)
        #expect(try await feed.events(fixture.id).told == [.delta("a"), .delta("b")])
    }
}

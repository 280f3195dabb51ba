import Identifiers
import Jobs
import Redis
import TestSupport
import Testing

@Suite struct DoorbellTests {
    private func doorbell(_ fixture: Fixture) async throws -> Doorbell {
        let doorbell = Doorbell(try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace)
        try await doorbell.connect()
        return doorbell
    }

    @Test func `a ring between the look and the wait is kept`() async throws {
        let fixture = try await Fixture()
        let doorbell = try await doorbell(fixture)
        let listener = doorbell.listen(fixture.id)
        // The subscription itself rings everybody once.
        while await listener.wait(for: .milliseconds(50)) {}
        try await fixture.feed().append([.delta("a")], to: fixture.id, fence: 1)
        #expect(await listener.wait(for: .seconds(10)))
    }

    @Test func `an append wakes exactly those who listen to its job`() async throws {
        let fixture = try await Fixture()
        let doorbell = try await doorbell(fixture)
        let listeners = (1...5).map { _ in doorbell.listen(fixture.id) }
        let other = doorbell.listen(JobID.make())
        for listener in listeners + [other] { while await listener.wait(for: .milliseconds(20)) {} }
        try await fixture.feed().ring(fixture.id)
        for listener in listeners { #expect(await listener.wait(for: .seconds(10))) }
        #expect(await !other.wait(for: .zero))
    }

    @Test func `no event is missed by a reader that listens before it looks`() async throws {
        let fixture = try await Fixture()
        let feed = fixture.feed()
        let doorbell = try await doorbell(fixture)
        async let writing: Void = {
            for number in 1...200 { try await feed.append([.delta("\(number) ")], to: fixture.id, fence: 1) }
            try await feed.append([.done], to: fixture.id, fence: 1)
        }()
        let listener = doorbell.listen(fixture.id)
        var text = ""
        var place: String?
        reading: while true {
            let slice = try await feed.events(fixture.id, after: place)
            text += slice.text
            place = slice.next
            if slice.told.contains(.done) { break reading }
            if !slice.hasMore { try #require(await listener.wait(for: .seconds(20))) }
        }
        try await writing
        #expect(text == (1...200).map { "\($0) " }.joined())
    }

    @Test func `a wait ends when its time is up, and when its task is cancelled`() async throws {
        let fixture = try await Fixture()
        let doorbell = Doorbell(try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace)
        let listener = doorbell.listen(fixture.id)
        // The connection itself rings everybody, at some time.
        while await listener.wait(for: .milliseconds(50)) {}
        let waiting = Task { await listener.wait(for: .seconds(3600)) }
        waiting.cancel()
        #expect(await !waiting.value)
    }

    @Test func `everybody is rung when the connection is back`() async throws {
        let server = try await RedisServer.start()
        let doorbell = Doorbell(try RedisAddress(parsing: server.url))
        try await doorbell.connect()
        let listeners = (1...3).map { _ in doorbell.listen(JobID.make()) }
        for listener in listeners { while await listener.wait(for: .milliseconds(50)) {} }
        try await server.kill()
        try await server.restart()
        for listener in listeners { #expect(await listener.wait(for: .seconds(20))) }
    }

    @Test func `a listener that goes leaves nothing behind`() async throws {
        let fixture = try await Fixture()
        let doorbell = Doorbell(try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace)
        do {
            let listeners = (1...10).map { _ in doorbell.listen(fixture.id) }
            #expect(doorbell.listenerCount == 10)
            listeners[0].close()
            #expect(doorbell.listenerCount == 9)
            withExtendedLifetime(listeners) {}
        }
        #expect(doorbell.listenerCount == 0)
    }
}

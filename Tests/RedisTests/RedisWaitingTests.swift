import Redis
import Synchronization
import TestSupport
import Testing

@Suite struct RedisWaitingTests {
    @Test func `a wait ends when something arrives`() async throws {
        let server = try await RedisServer.shared()
        let address = try RedisAddress(parsing: server.url)
        let key = RedisArgument.text(RedisServer.freshNamespace())
        let blocking = RedisBlockingConnection(address)
        let redis = RedisConnection(address)
        async let popped = blocking.send(RedisCommand("BZPOPMIN", key, "5"), waitingUpTo: .seconds(5))
        _ = try await redis.send("ZADD", key, "1", "m")
        #expect(try await popped.array?[1] == .bytes(Array("m".utf8)))
    }

    @Test func `a wait is interrupted at once`() async throws {
        let server = try await RedisServer.start()
        let blocking = RedisBlockingConnection(try RedisAddress(parsing: server.url))
        let redis = RedisConnection(try RedisAddress(parsing: server.url))
        let wait = Task { try await blocking.send(RedisCommand("BLPOP", "none", "60"), waitingUpTo: .seconds(60)) }
        try await eventually(
            "the wait to begin",
            isTrue: {
                try await redis.send("INFO", "clients").string?.contains("blocked_clients:1") == true
            })
        blocking.interrupt()
        await #expect(throws: RedisError.self) { try await wait.value }
    }

    @Test func `a subscriber hears what is published after subscribing`() async throws {
        let server = try await RedisServer.shared()
        let address = try RedisAddress(parsing: server.url)
        let channel = RedisServer.freshNamespace()
        let heard = Heard()
        let subscriber = RedisSubscriber(address, onEvent: heard.note)
        try await subscriber.subscribe(to: channel)
        _ = try await RedisConnection(address).send("PUBLISH", .text(channel), "hello")
        try await eventually("the message", isTrue: { heard.messages == ["hello"] })
        await subscriber.close()
    }

    @Test func `a subscriber comes back and says so`() async throws {
        let server = try await RedisServer.start()
        let address = try RedisAddress(parsing: server.url)
        let heard = Heard()
        let subscriber = RedisSubscriber(address, onEvent: heard.note)
        try await subscriber.subscribe(to: "bell")
        let before = heard.connections
        try await server.kill()
        try await server.restart()
        try await eventually("the return", isTrue: { heard.connections > before })
        _ = try await RedisConnection(address).send("PUBLISH", "bell", "again")
        try await eventually("the message", isTrue: { heard.messages == ["again"] })
    }
}

private final class Heard: Sendable {
    private let state = Mutex<(messages: [String], connections: Int)>(([], 0))

    var messages: [String] { state.withLock { $0.messages } }
    var connections: Int { state.withLock { $0.connections } }

    func note(_ event: RedisSubscriber.Event) {
        state.withLock { state in
            switch event {
            case .connected: state.connections += 1
            case .message(_, let bytes): state.messages.append(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}

import Redis
import TestSupport
import Testing

@Suite struct RedisConnectionTests {
    private func connect(_ server: RedisServer) throws -> RedisConnection {
        RedisConnection(try RedisAddress(parsing: server.url))
    }

    @Test func `every kind of reply has its value`() async throws {
        let redis = try connect(try await RedisServer.shared())
        let key = RedisArgument.text(RedisServer.freshNamespace())
        #expect(try await redis.send("SET", key, .bytes([0, 13, 10, 255])) == .status("OK"))
        #expect(try await redis.send("GET", key) == .bytes([0, 13, 10, 255]))
        #expect(try await redis.send("GET", "{none}") == .null)
        #expect(try await redis.send("STRLEN", key) == .integer(4))
        #expect(try await redis.send("MGET", key, "{none}") == .array([.bytes([0, 13, 10, 255]), .null]))
    }

    @Test func `an error reply is thrown and the connection goes on`() async throws {
        let redis = try connect(try await RedisServer.shared())
        await #expect(throws: RedisError.self) { try await redis.send("NONSENSE") }
        #expect(try await redis.send("PING") == .status("PONG"))
    }

    @Test func `commands sent together have their own results`() async throws {
        let redis = try connect(try await RedisServer.shared())
        let replies = try await redis.send([RedisCommand("PING"), RedisCommand("NONSENSE"), RedisCommand("ECHO", "a")])
        #expect(try replies[0].get() == .status("PONG"))
        #expect(throws: RedisError.self) { try replies[1].get() }
        #expect(try replies[2].get() == .bytes([97]))
    }

    @Test func `many tasks get their own replies`() async throws {
        let redis = try connect(try await RedisServer.shared())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask { try await redis.send("ECHO", .integer(number)).integer == Int64(number) }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func `a large value comes back whole`() async throws {
        let redis = try connect(try await RedisServer.shared())
        let value = [UInt8](repeating: 7, count: 3_000_000)
        #expect(try await redis.send("ECHO", .bytes(value)) == .bytes(value))
    }

    @Test func `a script is loaded again after SCRIPT FLUSH`() async throws {
        let server = try await RedisServer.start()
        let redis = try connect(server)
        let script = RedisScript(name: "sum", source: "return tonumber(ARGV[1]) + #KEYS")
        #expect(try await redis.evaluate(script, keys: ["a"], arguments: [41]) == .integer(42))
        _ = try await redis.send("SCRIPT", "FLUSH")
        #expect(try await redis.evaluate(script, keys: [], arguments: [1]) == .integer(1))
    }

    @Test func `it connects again after the server was killed`() async throws {
        let server = try await RedisServer.start()
        let redis = try connect(server)
        _ = try await redis.send("PING")
        try await server.kill()
        await #expect(throws: RedisError.self) { try await redis.send("PING") }
        try await server.restart()
        try await eventually("a reply") { try? await redis.send("PING") }
    }

    @Test func `a silent server drops the connection in time`() async throws {
        let server = try await RedisServer.start()
        let redis = RedisConnection(try RedisAddress(parsing: server.url), patience: .milliseconds(150), logger: nil)
        _ = try await redis.send("PING")
        await #expect(throws: RedisError.timedOut) { try await redis.send("BLPOP", "{nothing}", "5") }
        #expect(try await redis.send("PING") == .status("PONG"))
    }

    @Test func `a login with a password and a database`() async throws {
        let server = try await RedisServer.start()
        _ = try await connect(server).send("CONFIG", "SET", "requirepass", "hush")
        let redis = RedisConnection(.unix(path: server.socketPath, login: .init(password: "hush", database: 3)))
        _ = try await redis.send("SET", "a", "1")
        #expect(try await redis.send("CLIENT", "INFO").string?.contains(" db=3 ") == true)
        let stranger = try connect(server)
        await #expect(throws: RedisError.self) { try await stranger.send("PING") }
    }

    @Test func `after close nothing is sent`() async throws {
        let redis = try connect(try await RedisServer.shared())
        _ = try await redis.send("PING")
        await redis.close()
        await #expect(throws: RedisError.closed) { try await redis.send("PING") }
    }

    @Test func `a server that may lose jobs is told about`() async throws {
        let server = try await RedisServer.start()
        let redis = try connect(server)
        #expect(try await redis.durabilityWarnings().isEmpty)
        _ = try await redis.send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "appendonly", "no")
        #expect(try await redis.durabilityWarnings().count == 2)
    }
}

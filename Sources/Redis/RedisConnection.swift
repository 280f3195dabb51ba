public import Logging

/// One connection that any number of tasks share: their commands are pipelined automatically.
public final class RedisConnection: Sendable {
    public let address: RedisAddress

    /// Connects at the first command.
    public init(_ address: RedisAddress, logger: Logger? = nil) {
        self.address = address
    }

    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand) async throws -> RedisValue { throw RedisError.closed }

    /// Sends commands together and gives a result for each, in order.
    public func send(_ commands: [RedisCommand]) async throws -> [Result<RedisValue, RedisError>] {
        throw RedisError.closed
    }

    /// `send("SET", "key", .bytes(value))`
    public func send(_ name: String, _ arguments: RedisArgument...) async throws -> RedisValue {
        try await send(RedisCommand([.text(name)] + arguments))
    }

    /// Runs a script by its hash, loading it first when the server doesn't know it.
    public func evaluate(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        throw RedisError.closed
    }

    /// Fails what waits and ends the thread. Later commands throw ``RedisError/closed``.
    public func close() async {}
}

public import Logging

/// One connection that any number of tasks share: their commands are pipelined automatically.
///
/// It connects at the first command and again after a loss, with backoff and jitter. While the server is away a
/// command waits for the next attempt to connect (2 s apart at most) and fails with it. A command without a reply for
/// 10 s drops the connection, since the stream of replies would be out of step.
public final class RedisConnection: Sendable {
    public let address: RedisAddress
    private let pipeline: Pipeline
    private let patience: Int64

    public convenience init(_ address: RedisAddress, logger: Logger? = nil) {
        self.init(address, patience: .seconds(10), logger: logger)
    }

    /// - Parameter patience: from sending a command to the last moment for its reply.
    public init(_ address: RedisAddress, patience: Duration, logger: Logger? = nil) {
        self.address = address
        self.patience = patience.nanoseconds
        pipeline = Pipeline(address, logger: logger)
    }

    deinit { pipeline.close() }

    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand) async throws -> RedisValue {
        do {
            return try await reply(to: command, patience: patience)
        } catch RedisError.server(let message) where message.hasPrefix("READONLY") {
            // The master became a replica: the address may lead to the new master by now.
            pipeline.drop()
            return try await reply(to: command, patience: patience)
        }
    }

    /// `send("SET", "key", .bytes(value))`
    public func send(_ name: String, _ arguments: RedisArgument...) async throws -> RedisValue {
        try await send(RedisCommand([.text(name)] + arguments))
    }

    /// Sends commands in one write and gives a result for each, in order. They are not a transaction.
    public func send(_ commands: [RedisCommand]) async throws -> [Result<RedisValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        let bytes = Array(commands.map(\.encoded).joined())
        return await withCheckedContinuation { continuation in
            pipeline.submit(
                PendingCommand(
                    bytes: bytes, replyCount: commands.count, patience: patience, completion: .many(continuation)))
        }
    }

    /// Runs a script by its hash, loading it first when the server doesn't know it.
    public func evaluate(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await evaluate(script) { hash in
            var encoder = RedisEncoder(words: 3 + keys.count + arguments.count, reserving: 64 + 32 * arguments.count)
            encoder.append("EVALSHA")
            encoder.append(hash)
            encoder.append(keys.count)
            for key in keys { encoder.append(key) }
            for argument in arguments { encoder.append(argument) }
            return RedisCommand(encoder)
        }
    }

    /// Runs an EVALSHA that the closure makes from the script's hash.
    package func evaluate(_ script: RedisScript, _ command: (_ hash: String) -> RedisCommand) async throws -> RedisValue
    {
        let hash =
            if let known = script.knownHash { known } else { try script.learn(from: try await send(script.load)) }
        let command = command(hash)
        do {
            return try await send(command)
        } catch RedisError.server(let message) where message.hasPrefix("NOSCRIPT") {
            return try await send([script.load, command])[1].get()
        }
    }

    /// The reply goes to a closure on the connection's thread, which must not block.
    package func submit(
        _ command: RedisCommand, _ completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        pipeline.submit(
            PendingCommand(
                bytes: command.encoded, replyCount: 1, patience: patience, completion: .callback(completion)))
    }

    /// Drops the connection: commands under way fail with ``RedisError/connectionLost(_:)``, the next connects anew.
    public func reconnect() { pipeline.drop() }

    /// Like ``close()`` without waiting for the thread to end.
    public func closeNow() { pipeline.close() }

    /// Fails what waits and ends the thread. Later commands throw ``RedisError/closed``.
    public func close() async {
        pipeline.close()
        await pipeline.closed()
    }

    func reply(to command: RedisCommand, patience: Int64) async throws -> RedisValue {
        try await withCheckedThrowingContinuation { continuation in
            pipeline.submit(
                PendingCommand(
                    bytes: command.encoded, replyCount: 1, patience: patience, completion: .one(continuation)))
        }
    }
}

public import Logging

/// A connection with a thread of its own for commands that wait on the server, such as BZPOPMIN.
///
/// Use it from one task: a second command would queue behind the wait of the first.
public final class RedisBlockingConnection: Sendable {
    private let connection: RedisConnection

    public init(_ address: RedisAddress, logger: Logger? = nil) {
        connection = RedisConnection(address, logger: logger)
    }

    /// Sends a command that the server may answer only after `limit`; the connection is dropped 5 s later.
    ///
    /// - Throws: ``RedisError``.
    public func send(_ command: RedisCommand, waitingUpTo limit: Duration) async throws -> RedisValue {
        try await connection.reply(to: command, patience: (limit + .seconds(5)).nanoseconds)
    }

    /// Ends a wait at once by dropping the connection; the waiter gets ``RedisError/connectionLost(_:)``.
    public func interrupt() { connection.reconnect() }

    /// Ends a wait at once and refuses others: they throw ``RedisError/closed``.
    public func closeNow() { connection.closeNow() }

    public func close() async { await connection.close() }
}

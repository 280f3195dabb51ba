public import Logging

/// A connection for commands that wait on the server, one at a time.
public final class RedisBlockingConnection: Sendable {
    public init(_ address: RedisAddress, logger: Logger? = nil) {}

    /// Sends a command that the server may answer only after `limit`; the connection is dropped 5 s later.
    public func send(_ command: RedisCommand, waitingUpTo limit: Duration) async throws -> RedisValue {
        throw RedisError.closed
    }

    /// Ends a wait at once by dropping the connection; the waiter gets ``RedisError/connectionLost(_:)``.
    public func interrupt() {}

    public func close() async {}
}

public import Logging

/// A subscription to channels over a connection and thread of its own, which come back by themselves.
public final class RedisSubscriber: Sendable {
    public enum Event: Sendable {
        case message(channel: String, bytes: [UInt8])
        /// Subscribed to everything, at the start or again: what was published before may have been missed.
        case connected
    }

    /// - Parameter onEvent: called on the subscriber's thread, one event at a time; must not block.
    public init(_ address: RedisAddress, logger: Logger? = nil, onEvent: @escaping @Sendable (Event) -> Void) {}

    /// Returns when the server has confirmed: whatever is published from now on will be heard or announced as missed.
    ///
    /// - Throws: ``RedisError``, with the subscription remembered and made when the server is back.
    public func subscribe(to channel: String) async throws {}

    public func unsubscribe(from channel: String) {}

    public func close() async {}
}

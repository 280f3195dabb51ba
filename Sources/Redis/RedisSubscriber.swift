public import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A subscription to channels over a connection and thread of its own, which come back by themselves.
///
/// A PING every 10 s finds connections that died silently.
public final class RedisSubscriber: Sendable {
    public enum Event: Sendable {
        case message(channel: String, bytes: [UInt8])
        /// Subscribed to everything, at the start or again: what was published before may have been missed.
        case connected
    }

    private let subscription: Subscription

    /// - Parameter onEvent: called on the subscriber's thread, one event at a time; must not block.
    public init(_ address: RedisAddress, logger: Logger? = nil, onEvent: @escaping @Sendable (Event) -> Void) {
        subscription = Subscription(address, logger: logger, onEvent: onEvent)
        RedisThread.start(name: "redis-sub") { [subscription] in subscription.run() }
    }

    deinit { subscription.close() }

    /// Returns when the server has confirmed: whatever is published from now on is heard, or announced as perhaps
    /// missed by ``Event/connected``.
    ///
    /// - Throws: ``RedisError`` when the server can't be reached now; the channel is remembered and subscribed later.
    public func subscribe(to channel: String) async throws {
        try await withCheckedThrowingContinuation { continuation in
            subscription.add(channel, continuation)
        }
    }

    /// Messages that are under way may still be heard.
    public func unsubscribe(from channel: String) { subscription.remove(channel) }

    /// Ends the thread; no event comes after the return.
    public func close() async {
        subscription.close()
        await subscription.closed()
    }
}

import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The thread behind a subscriber. Callers only touch `shared`.
final class Subscription: Sendable {
    private struct Shared {
        var wanted: Set<String> = []
        var waiters: [String: [CheckedContinuation<Void, any Error>]] = [:]
        var commands: [RedisCommand] = []
        var isClosed = false
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private static let pause: Int64 = 10_000_000_000

    private let address: RedisAddress
    private let logger: Logger?
    private let onEvent: @Sendable (RedisSubscriber.Event) -> Void
    private let wakeup = Wakeup()
    private let shared = Mutex(Shared())

    init(_ address: RedisAddress, logger: Logger?, onEvent: @escaping @Sendable (RedisSubscriber.Event) -> Void) {
        self.address = address
        self.logger = logger
        self.onEvent = onEvent
    }

    func add(_ channel: String, _ waiter: CheckedContinuation<Void, any Error>) {
        let isClosed = shared.withLock { shared in
            guard !shared.isClosed else { return true }
            shared.wanted.insert(channel)
            shared.waiters[channel, default: []].append(waiter)
            shared.commands.append(RedisCommand("SUBSCRIBE", .text(channel)))
            return false
        }
        if isClosed { return waiter.resume(throwing: RedisError.closed) }
        wakeup.signal()
    }

    func remove(_ channel: String) {
        shared.withLock { shared in
            shared.wanted.remove(channel)
            shared.commands.append(RedisCommand("UNSUBSCRIBE", .text(channel)))
        }
        wakeup.signal()
    }

    func close() {
        shared.withLock { $0.isClosed = true }
        wakeup.signal()
    }

    func closed() async {
        await withCheckedContinuation { continuation in
            let hasEnded = shared.withLock { shared in
                if !shared.hasEnded { shared.closers.append(continuation) }
                return shared.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: On the thread

    func run() {
        var backoff = ReconnectBackoff()
        while !shared.withLock({ $0.isClosed }) {
            let pause = backoff.remaining(at: monotonicNanoseconds())
            if pause > 0 {
                _ = wakeup.wait(nanoseconds: pause)
                continue
            }
            do throws(RedisError) {
                let socket = try RedisSocket(address)
                backoff.succeeded()
                try listen(on: socket)
            } catch {
                backoff.failed(at: monotonicNanoseconds())
                failWaiters(error)
                logger?.warning("lost redis subscription", metadata: ["error": "\(error)"])
            }
        }
        failWaiters(.closed)
        let closers = shared.withLock { shared in
            shared.hasEnded = true
            return shared.closers
        }
        for closer in closers { closer.resume() }
    }

    private func listen(on socket: RedisSocket) throws(RedisError) {
        var unconfirmed = shared.withLock { shared in
            shared.commands = []
            return shared.wanted
        }
        if unconfirmed.isEmpty {
            onEvent(.connected)
        } else {
            try socket.append(RedisCommand(["SUBSCRIBE"] + unconfirmed.map { .text($0) }).encoded)
        }
        var lastHeard = monotonicNanoseconds()
        var hasAsked = false
        while true {
            let (isClosed, commands) = shared.withLock { shared in
                defer { shared.commands = [] }
                return (shared.isClosed, shared.commands)
            }
            if isClosed { return }
            for command in commands { try socket.append(command.encoded) }
            try socket.flush()

            let silence = monotonicNanoseconds() - lastHeard
            if silence >= Self.pause {
                if hasAsked { throw .timedOut }
                try socket.append(RedisCommand("PING").encoded)
                hasAsked = true
                lastHeard += silence
                continue
            }
            guard wait(socket, nanoseconds: Self.pause - silence) else { continue }
            try socket.read()
            lastHeard = monotonicNanoseconds()
            hasAsked = false
            while let reply = try socket.nextReply() {
                guard let confirmed = try handle(reply), unconfirmed.remove(confirmed) != nil else { continue }
                if unconfirmed.isEmpty { onEvent(.connected) }
            }
        }
    }

    /// - Returns: a channel that was confirmed.
    private func handle(_ reply: Result<RedisValue, RedisError>) throws(RedisError) -> String? {
        guard let words = try reply.get().array, words.count >= 3, let channel = words[1].string else { return nil }
        switch words[0].string {
        case "message":
            onEvent(.message(channel: channel, bytes: words[2].bytes ?? []))
            return nil
        case "subscribe":
            let waiters = shared.withLock { $0.waiters.removeValue(forKey: channel) ?? [] }
            for waiter in waiters { waiter.resume() }
            return channel
        default: return nil
        }
    }

    /// True when there is something to read.
    private func wait(_ socket: RedisSocket, nanoseconds: Int64) -> Bool {
        let events = Int16(POLLIN) | (socket.hasUnsentBytes ? Int16(POLLOUT) : 0)
        var targets = [
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket.descriptor, events: events, revents: 0),
        ]
        _ = poll(&targets, 2, pollMilliseconds(nanoseconds))
        if targets[0].revents != 0 { wakeup.clear() }
        return targets[1].revents & ~Int16(POLLOUT) != 0
    }

    private func failWaiters(_ error: RedisError) {
        let waiters = shared.withLock { shared in
            defer { shared.waiters = [:] }
            return shared.waiters.values.flatMap { $0 }
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A connection for a thread of its own that must not depend on the cooperative pool, such as that of the heartbeat.
///
/// Confined to the thread that made it.
package final class RedisSynchronousConnection {
    private let address: RedisAddress
    private let patience: Duration
    private var socket: RedisSocket?

    /// - Parameter patience: for connecting, and for a reply.
    package init(_ address: RedisAddress, patience: Duration) {
        self.address = address
        self.patience = patience
    }

    /// Connects when it must. After a failure the connection is dropped; the caller decides when to try again.
    package func send(_ command: RedisCommand) throws(RedisError) -> RedisValue {
        let open: RedisSocket
        if let socket { open = socket } else { open = try RedisSocket(address, limit: patience) }
        socket = nil
        let reply = try exchange(command, over: open)
        socket = open
        return try reply.get()
    }

    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument]
    ) throws(RedisError) -> RedisValue {
        let tail = [.integer(keys.count)] + keys.map { RedisArgument.text($0) } + arguments
        let hash = if let known = script.knownHash { known } else { try script.learn(from: try send(script.load)) }
        do throws(RedisError) {
            return try send(RedisCommand(["EVALSHA", .text(hash)] + tail))
        } catch {
            guard case .server(let message) = error, message.hasPrefix("NOSCRIPT") else { throw error }
            return try send(RedisCommand(["EVAL", .bytes(script.source)] + tail))
        }
    }

    private func exchange(
        _ command: RedisCommand, over socket: RedisSocket
    ) throws(RedisError) -> Result<RedisValue, RedisError> {
        let deadline = monotonicNanoseconds() + patience.nanoseconds
        try socket.append(command.encoded)
        while true {
            try socket.flush()
            let remaining = deadline - monotonicNanoseconds()
            guard remaining > 0 else { throw .timedOut }
            let events = Int16(POLLIN) | (socket.hasUnsentBytes ? Int16(POLLOUT) : 0)
            var target = pollfd(fd: socket.descriptor, events: events, revents: 0)
            guard poll(&target, 1, pollMilliseconds(remaining)) > 0, target.revents & ~Int16(POLLOUT) != 0 else {
                continue
            }
            try socket.read()
            if let reply = try socket.nextReply() { return reply }
        }
    }
}

import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The thread behind a connection: takes queued commands, writes and reads at once, connects anew when it must.
///
/// Callers only touch `shared`; socket, sent commands and backoff belong to the thread.
final class Pipeline: Sendable {
    private struct Shared {
        var queued: [PendingCommand] = []
        /// The thread sleeps in `poll` or is about to, so that a caller has to wake it.
        var isSleeping = false
        /// While the thread sleeps, nothing is under way and it will look again soon: where a lone caller may write
        /// by itself, which saves the change to the thread and back. Else -1.
        var idleDescriptor: Int32 = -1
        /// What a caller wrote, and the bytes that the kernel did not take.
        var written: PendingCommand?
        var remainder: [UInt8] = []
        var isClosed = false
        var mustDrop = false
        var isRunning = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// For so long after a command a lone caller may write by itself; the thread looks after it within this time.
    private static let warmth: Int64 = 200_000_000

    private let address: RedisAddress
    private let logger: Logger?
    private let wakeup = Wakeup()
    private let shared = Mutex(Shared())

    init(_ address: RedisAddress, logger: Logger?) {
        self.address = address
        self.logger = logger
    }

    /// From any thread; the first command starts the pipeline's own.
    func submit(_ command: PendingCommand) {
        var mustStart = false
        var mustWake = false
        let isAccepted = shared.withLock { shared in
            if shared.isClosed { return false }
            if shared.idleDescriptor >= 0, let count = Self.write(command.bytes, to: shared.idleDescriptor) {
                shared.idleDescriptor = -1
                shared.written = command
                if count == command.bytes.count { return true }
                shared.remainder = Array(command.bytes[count...])
                mustWake = true
                shared.isSleeping = false
                return true
            }
            shared.queued.append(command)
            mustStart = !shared.isRunning
            shared.isRunning = true
            mustWake = shared.isSleeping
            shared.isSleeping = false
            return true
        }
        guard isAccepted else { return command.fail(.closed) }
        if mustStart { RedisThread.start(name: "redis") { self.run() } }
        if mustWake { wakeup.signal() }
    }

    /// - Returns: how many bytes the kernel took; nil when none, as when the connection is broken.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int? {
        guard bytes.count <= 16_384 else { return nil }
        let count = bytes.withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        return count > 0 ? count : nil
    }

    /// Drops the connection; what was sent fails, and the next command connects anew.
    func drop() {
        shared.withLock { $0.mustDrop = true }
        wakeup.signal()
    }

    func close() {
        shared.withLock { $0.isClosed = true }
        wakeup.signal()
        // The thread may be waiting for a server that takes connections and doesn't answer.
        failQueued(.closed)
    }

    /// Returns when the thread has ended.
    func closed() async {
        await withCheckedContinuation { continuation in
            let isRunning = shared.withLock { shared in
                if shared.isRunning { shared.closers.append(continuation) }
                return shared.isRunning
            }
            if !isRunning { continuation.resume() }
        }
    }

    // MARK: On the thread

    private func run() {
        var socket: RedisSocket?
        var sent = SentCommands()
        var backoff = ReconnectBackoff()
        var wasConnected = false

        while true {
            let (isClosed, mustDrop) = shared.withLock { shared in
                defer { shared.mustDrop = false }
                return (shared.isClosed, shared.mustDrop)
            }
            if isClosed { break }
            do throws(RedisError) {
                if mustDrop, socket != nil { throw .connectionLost("it was dropped on request") }
                if let open = socket {
                    try turn(open, &sent)
                } else if shared.withLock({ $0.queued.isEmpty }) {
                    _ = try sleep(nil, &sent)
                } else if backoff.remaining(at: monotonicNanoseconds()) > 0 {
                    _ = wakeup.wait(nanoseconds: backoff.remaining(at: monotonicNanoseconds()))
                } else {
                    socket = try RedisSocket(address)
                    backoff.succeeded()
                    if wasConnected { logger?.notice("connected to redis again") }
                    wasConnected = true
                }
            } catch {
                if socket == nil {
                    backoff.failed(at: monotonicNanoseconds())
                    failQueued(error)
                } else {
                    sent.failAll(error)
                    if !mustDrop { logger?.warning("lost redis", metadata: ["error": "\(error)"]) }
                }
                socket = nil
            }
        }
        sent.failAll(.closed)
        failQueued(.closed)
        let closers = shared.withLock { shared in
            shared.isRunning = false
            return shared.closers
        }
        for closer in closers { closer.resume() }
    }

    /// One round: send what is queued, sleep until something happens, receive.
    private func turn(_ socket: RedisSocket, _ sent: inout SentCommands) throws(RedisError) {
        let batch = shared.withLock { shared in
            defer { shared.queued = [] }
            return shared.queued
        }
        if !batch.isEmpty {
            let now = monotonicNanoseconds()
            // Noted as sent first: an error half-way must fail all of them.
            for command in batch { sent.append(command, at: now) }
            for command in batch { try socket.append(command.bytes) }
        }
        try socket.flush()
        if try sleep(socket, &sent) {
            try socket.read()
            while let reply = try socket.nextReply() {
                guard sent.receive(reply) else { throw .connectionLost("redis answered what was not asked") }
            }
        }
        if let deadline = sent.deadline, deadline < monotonicNanoseconds() { throw .timedOut }
    }

    /// Sleeps until the socket is ready, a caller signals or the oldest command is overdue; true to read.
    private func sleep(_ socket: RedisSocket?, _ sent: inout SentCommands) throws(RedisError) -> Bool {
        let now = monotonicNanoseconds()
        let isWarm = now - sent.lastActivity < Self.warmth
        let maySleep = shared.withLock { shared in
            shared.isSleeping = shared.queued.isEmpty && !shared.isClosed && !shared.mustDrop
            if shared.isSleeping, isWarm, sent.isEmpty, let socket, !socket.hasUnsentBytes {
                shared.idleDescriptor = socket.descriptor
            }
            return shared.isSleeping
        }
        let limit = sent.deadline.map { $0 - now } ?? (isWarm ? Self.warmth : nil)
        let events = Int16(POLLIN) | (socket?.hasUnsentBytes == true ? Int16(POLLOUT) : 0)
        var targets = (
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket?.descriptor ?? -1, events: events, revents: 0)
        )
        withUnsafeMutableBytes(of: &targets) { buffer in
            _ = poll(
                buffer.bindMemory(to: pollfd.self).baseAddress, 2, maySleep ? limit.map(pollMilliseconds) ?? -1 : 0)
        }
        let (written, remainder) = shared.withLock { shared in
            shared.isSleeping = false
            shared.idleDescriptor = -1
            defer { (shared.written, shared.remainder) = (nil, []) }
            return (shared.written, shared.remainder)
        }
        if let written { sent.append(written, at: monotonicNanoseconds()) }
        if !remainder.isEmpty { try socket?.append(remainder) }
        if targets.0.revents != 0 { wakeup.clear() }
        return targets.1.revents & ~Int16(POLLOUT) != 0
    }

    /// From any thread.
    private func failQueued(_ error: RedisError) {
        let batch = shared.withLock { shared in
            defer { shared.queued = [] }
            return shared.queued
        }
        for command in batch { command.fail(error) }
    }
}

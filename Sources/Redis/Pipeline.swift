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
        var isClosed = false
        var mustDrop = false
        var isRunning = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

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

    /// Drops the connection; what was sent fails, and the next command connects anew.
    func drop() {
        shared.withLock { $0.mustDrop = true }
        wakeup.signal()
    }

    func close() {
        shared.withLock { $0.isClosed = true }
        wakeup.signal()
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
                    sleep(nil, &sent)
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
            let batch = shared.queued
            shared.queued = []
            return batch
        }
        if !batch.isEmpty {
            let now = monotonicNanoseconds()
            // Noted as sent first: an error half-way must fail all of them.
            for command in batch { sent.append(command, at: now) }
            for command in batch { try socket.append(command.bytes) }
        }
        try socket.flush()
        let isReadable = sleep(socket, &sent)
        if isReadable {
            try socket.read()
            while let reply = try socket.nextReply() {
                guard sent.receive(reply) else { throw .connectionLost("redis answered what was not asked") }
            }
        }
        if let deadline = sent.deadline, deadline < monotonicNanoseconds() { throw .timedOut }
    }

    /// Sleeps until the socket is ready, a caller signals or the oldest command is overdue; true to read.
    @discardableResult
    private func sleep(_ socket: RedisSocket?, _ sent: inout SentCommands) -> Bool {
        let maySleep = shared.withLock { shared in
            shared.isSleeping = shared.queued.isEmpty && !shared.isClosed && !shared.mustDrop
            return shared.isSleeping
        }
        let limit = maySleep ? sent.deadline.map { pollMilliseconds($0 - monotonicNanoseconds()) } ?? -1 : 0
        let events = Int16(POLLIN) | (socket?.hasUnsentBytes == true ? Int16(POLLOUT) : 0)
        var targets = [
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket?.descriptor ?? -1, events: events, revents: 0),
        ]
        _ = poll(&targets, 2, limit)
        if maySleep { shared.withLock { $0.isSleeping = false } }
        if targets[0].revents != 0 { wakeup.clear() }
        return targets[1].revents & ~Int16(POLLOUT) != 0
    }

    private func failQueued(_ error: RedisError) {
        let batch = shared.withLock { shared in
            defer { shared.queued = [] }
            return shared.queued
        }
        for command in batch { command.fail(error) }
    }
}

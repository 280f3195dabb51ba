import Identifiers
import Logging
import Redis
import Synchronization

/// The thread that extends the lease, hears control signals and watches time limits. It doesn't need the cooperative
/// pool, which handlers may keep busy.
final class Heartbeat: Sendable {
    private let runner: JobRunner
    private let wakeup = Wakeup()
    private let ended = Signal()
    private let isStopped = Mutex(false)

    init(_ runner: JobRunner) { self.runner = runner }

    func start() {
        RedisThread.start(name: "heartbeat") { self.run() }
    }

    /// Returns when the thread has ended, or soon after: it may be waiting for a server that doesn't answer.
    func stop() async {
        isStopped.withLock { $0 = true }
        wakeup.signal()
        let patience = Task { [ended] in
            try await Task.sleep(for: .milliseconds(500))
            ended.raise()
        }
        defer { patience.cancel() }
        await ended.wait()
    }

    private func run() {
        let lease = runner.configuration.lease
        let connection = RedisSynchronousConnection(runner.address, patience: lease / 4)
        let pause = (lease / 4).nanoseconds
        let tick = min(250_000_000, pause)
        var next = monotonicNanoseconds() + pause
        while !isStopped.withLock({ $0 }) {
            var now = monotonicNanoseconds()
            if now >= next {
                next = beat(connection) ? now + pause : now + pause / 5
                now = monotonicNanoseconds()
            }
            runner.supervise(at: now)
            _ = wakeup.wait(nanoseconds: min(tick, max(0, next - now)))
        }
        ended.raise()
    }

    /// - Returns: false when Redis did not answer.
    private func beat(_ connection: RedisSynchronousConnection) -> Bool {
        let (incarnation, running, spread) = runner.state.withLock { state in
            let counts = zip(runner.configuration.queues, state.runningByQueue).map { "\($0.name)\n\($1)" }
            return (state.incarnation, state.slots.count, counts.joined(separator: "\n"))
        }
        do {
            let reply = try connection.evaluate(
                Scripts.beat, keys: [runner.keys.prefix],
                arguments: [
                    .text(incarnation), .integer(runner.configuration.lease.milliseconds), .integer(running),
                    .text(spread),
                ])
            hear(reply.array ?? [], incarnation)
            return true
        } catch {
            runner.logger.warning("heartbeat failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func hear(_ words: [RedisValue], _ incarnation: String) {
        guard words.first?.string != "EVICTED" else {
            runner.state.withLock { state in
                // Else the claim loop has begun a new life in the meantime.
                if state.incarnation == incarnation { state.isEvicted = true }
            }
            return runner.news.raise()
        }
        guard words.count == 4 else { return }
        runner.obey(signal: words[1].string ?? "")
        let held = Int(words[2].integer ?? 0)
        if runner.state.withLock({ $0.compare(held: held, incarnation) }) { runner.news.raise() }
        runner.stop((words[3].array ?? []).compactMap { $0.bytes.flatMap { JobID(bytes: $0[...]) } })
    }
}

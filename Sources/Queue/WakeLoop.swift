import Logging
import Redis
import Synchronization

/// Sleeps on the wake markers while the claim loop has nothing to do, so that an idle worker neither polls nor lags.
extension JobRunner {
    private static let wait = 5

    func wakeLoop(_ blocking: RedisBlockingConnection) async {
        while true {
            await idleness.wait()
            let (isOver, names) = state.withLock { state in
                (
                    state.isDraining,
                    configuration.queues.enumerated().filter { index, queue in
                        queue.limit.map { state.runningByQueue[index] < $0 } ?? true
                    }.map(\.element.name)
                )
            }
            if isOver { return }
            guard !names.isEmpty else { continue }
            let command = RedisCommand(
                ["BZPOPMIN"] + names.map { .text(keys.wake($0)) } + [.integer(Self.wait)])
            do {
                let reply = try await blocking.send(command, waitingUpTo: .seconds(Self.wait))
                await wake(by: reply.array?.first?.string)
            } catch {
                if state.withLock({ $0.isDraining }) { return }
                logger.debug("the wait for jobs was broken off", metadata: ["error": "\(error)"])
                await rest(for: .milliseconds(200))
                await wake(by: nil)
            }
        }
    }

    /// Claims once, also without a marker: a marker may have been lost with whoever took it.
    private func wake(by marker: String?) async {
        let canClaim = state.withLock { state in
            state.announceWork()
            return state.free(of: configuration.concurrency) > 0
        }
        news.raise()
        // Full by now: the marker is for another worker.
        if let marker, !canClaim { _ = try? await redis.send("ZADD", .text(marker), 0, "m") }
    }
}

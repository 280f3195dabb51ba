import Logging
import Redis
import Synchronization

/// Sleeps on the wake markers while the claim loop has nothing to do, so that an idle worker neither polls nor lags.
extension JobRunner {
    private static let wait = 5

    func wakeLoop(_ blocking: RedisBlockingConnection) async {
        while true {
            await idleness.wait()
            let (isOver, names, isPartial) = state.withLock { state in
                let queues = configuration.queues
                state.unheard = queues.indices.filter { state.runningByQueue[$0] >= queues[$0].limit ?? .max }
                let names = queues.indices.filter { !state.unheard.contains($0) }.map { queues[$0].name }
                return (state.isDraining, names, !state.unheard.isEmpty)
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
                // Unless the claim loop did it, to have us listen at more queues.
                let isInterrupted = isPartial && state.withLock { $0.unheard.isEmpty }
                if !isInterrupted { await rest(for: .milliseconds(200)) }
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

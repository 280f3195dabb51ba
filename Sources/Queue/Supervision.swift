import Logging
import Redis
import Synchronization

/// Time limits, the end of a drain and handlers that heed neither. Called by the heartbeat's thread.
extension JobRunner {
    func supervise(at now: Int64) {
        let stuck = state.withLock { state -> [(Claimed, UInt64, Slots.Stop)] in
            var isOver = false
            if case .draining(let until) = state.phase { isOver = now >= until }
            var stuck: [(Claimed, UInt64, Slots.Stop)] = []
            for (id, slot) in state.slots where !slot.isConcluding {
                if let stop = slot.stop {
                    guard let limit = slot.stuckAt, now >= limit else { continue }
                    let token = state.nextToken()
                    state.update(id) { slot in
                        slot.token = token
                        slot.isConcluding = true
                    }
                    stuck.append((slot.job, token, stop))
                } else if isOver || now >= slot.overdueAt {
                    // After a drain the process is about to go, so there is less patience.
                    let patience = configuration.stuckAfter.nanoseconds
                    state.update(id) { slot in
                        slot.stop = isOver ? .shutdown : .timeLimit
                        slot.stuckAt = now + (isOver ? min(patience, 1_000_000_000) : patience)
                        slot.task?.cancel()
                    }
                }
            }
            return stuck
        }
        for (job, token, stop) in stuck {
            Task { await self.conclude(stuck: job, token: token, stop: stop) }
        }
        // A drain that is waiting for a server that doesn't answer has to notice the time, and so has a suspect that
        // waits for the worker to be empty.
        if state.withLock({ $0.isDraining || $0.isTiredOfEmptying(at: now) }) { news.raise() }
    }

    /// A signal kept in the worker's hash.
    func obey(signal: String) {
        let isQuiet = signal == "quiet"
        let hasChanged = state.withLock { state in
            defer { state.isSignalledQuiet = isQuiet }
            return state.isSignalledQuiet != isQuiet
        }
        if hasChanged { quiet(isQuiet) }
    }
}

import Identifiers
import Logging
import Redis
import Synchronization

/// The beginning and end of an incarnation.
extension JobRunner {
    /// Makes the current incarnation known; tries until it succeeds or a drain begins.
    func register(_ control: RedisSubscriber) async {
        let incarnation = self.incarnation
        var arguments: [RedisArgument] = [
            .text(incarnation), .integer(configuration.lease.milliseconds),
            "host", .text(Incarnation.host), "pid", .integer(Incarnation.processID),
            "concurrency", .integer(configuration.concurrency),
            "queues", .text(configuration.queues.map(\.name).joined(separator: "\n")),
            "kinds", .text(handlers.kinds.joined(separator: "\n")),
        ]
        if state.withLock({ $0.isQuiet }) { arguments += ["signal", "quiet"] }
        var pause = Duration.milliseconds(100)
        while !state.withLock({ $0.isDraining }) {
            do {
                _ = try await redis.evaluate(Scripts.register, keys: [keys.prefix], arguments: arguments)
                logger.info("worker registered", metadata: ["worker": "\(incarnation)"])
                break
            } catch {
                logger.error("worker could not register", metadata: ["error": "\(error)"])
                await rest(for: pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
        // Without it cancellations come by heartbeat, so a failure is no reason to wait.
        try? await control.subscribe(to: keys.control(incarnation))
    }

    /// The lease was lost: the jobs are others' by now. Their handlers stop, and a new life begins.
    func reincarnate(_ control: RedisSubscriber) async {
        let (old, lost) = state.withLock { state in
            let old = state.incarnation
            state.incarnation = Incarnation.make()
            return (old, state.abandonAll())
        }
        for slot in lost { slot.task?.cancel() }
        logger.error("the lease was lost", metadata: ["worker": "\(old)", "jobs.lost": "\(lost.count)"])
        metrics.evicted()
        control.unsubscribe(from: keys.control(old))
        await register(control)
    }

    /// After a drain. Whatever it should still hold is brought back by the maintainers.
    func retire() async {
        do {
            let held = try await redis.evaluate(
                Scripts.retire, keys: [keys.prefix], arguments: [.text(incarnation)])
            logger.info("worker retired", metadata: ["jobs.left": "\(held.integer ?? 0)"])
        } catch {
            logger.error("worker could not retire", metadata: ["error": "\(error)"])
        }
    }

    /// What the control channel says: an id to cancel, or that something may have been missed.
    func obey(_ event: RedisSubscriber.Event) {
        guard case .message(_, let bytes) = event, let id = JobID(bytes: bytes[...]) else { return }
        stop([id])
    }

    /// Cancels the handlers of jobs that somebody cancelled; ids that don't run here are passed over.
    func stop(_ ids: [JobID]) {
        let patience = configuration.stuckAfter.nanoseconds
        state.withLock { state in
            for id in ids {
                state.update(id) { slot in
                    guard slot.stop == nil, !slot.isConcluding else { return }
                    slot.stop = .cancelled
                    slot.stuckAt = monotonicNanoseconds() + patience
                    slot.task?.cancel()
                }
            }
        }
    }
}

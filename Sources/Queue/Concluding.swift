import FoundationEssentials
import Identifiers
import Logging
import Redis
import Synchronization

/// How an ended attempt reaches the application's records first and Redis second.
extension JobRunner {
    func conclude(_ job: Claimed, _ token: UInt64, _ conclusion: Conclusion) async {
        let isTold = await tell(job.attempt, conclusion)
        report(job, conclusion)
        state.withLock { state in
            guard let slot = state.empty(job.id, token: token) else { return }
            metrics.ended(job.attempt, conclusion, nanoseconds: monotonicNanoseconds() - slot.startedAt)
            note(conclusion, of: job, isTold: isTold, in: &state)
        }
        news.raise()
    }

    /// Takes a job from a handler that doesn't heed its cancellation.
    func conclude(stuck job: Claimed, token: UInt64, stop: Slots.Stop) async {
        logger.critical(
            "handler ignores its cancellation",
            metadata: ["job.id": "\(job.id)", "job.kind": "\(job.attempt.kind)", "reason": "\(stop)"])
        metrics.stuck(job.attempt)
        switch stop {
        case .cancelled: await conclude(job, token, .cancelled)
        case .shutdown: await conclude(job, token, .givenBack)
        case .timeLimit: await conclude(job, token, verdict(on: job, error: CancellationError(), stop: stop))
        }
    }

    /// - Returns: false when the application could not take it.
    private func tell(_ attempt: Attempt, _ conclusion: Conclusion) async -> Bool {
        for pause in [100, 500, 2000, nil] {
            do {
                // A cancelled task can't write to most databases: the record is made by a task of its own.
                if Task.isCancelled {
                    try await Task { try await self.willConclude(attempt, conclusion) }.value
                } else {
                    try await willConclude(attempt, conclusion)
                }
                return true
            } catch {
                logger.error(
                    "a conclusion could not be recorded",
                    metadata: ["job.id": "\(attempt.id)", "error": "\(error)", "again": "\(pause != nil)"])
                guard let pause else { return false }
                await rest(for: .milliseconds(pause))
            }
        }
        return false
    }

    private func note(_ conclusion: Conclusion, of job: Claimed, isTold: Bool, in state: inout Slots) {
        func fail(_ action: String, at date: Date = Date(), _ text: String) {
            state.failures.append(
                Slots.Failure(
                    attempt: job.attempt, isHashed: job.isHashed, action: action, due: date.milliseconds, text: text))
        }
        func acknowledge(_ ended: JobState) {
            state.acknowledgements.append(
                .init(id: job.id, fence: job.attempt.fence, isHashed: job.isHashed, state: ended))
        }
        // An expired job, or one without a handler, still has its first start before it.
        var hasStarted = handlers.entries[job.attempt.kind] != nil
        if case .expired = conclusion { hasStarted = false }
        let snooze = hasStarted ? "snooze" : "postpone"
        guard isTold else { return fail(snooze, at: Date() + 5, "the end of an attempt could not be recorded") }
        switch conclusion {
        case .completed: acknowledge(.completed)
        case .cancelled: acknowledge(.cancelled)
        case .expired: acknowledge(.expired)
        case .retry(let date, let failure): fail("retry", at: date, failure.text)
        case .snooze(let date, let reason): fail(snooze, at: date, String(reason.prefix(1000)))
        case .bury(let failure): fail("bury", failure.text)
        case .givenBack: fail("release", "")
        }
    }

    /// Brings retries, snoozes, burials and given-back jobs to Redis.
    func sendFailures() async {
        while true {
            let (incarnation, batch) = state.withLock { state in
                let batch = Array(state.failures.prefix(100))
                state.failures.removeFirst(batch.count)
                return (state.incarnation, batch)
            }
            guard !batch.isEmpty else { return }
            var arguments: [RedisArgument] = [
                .text(incarnation), .integer(configuration.keepsDead.milliseconds),
                .integer(configuration.deadLimit), .integer(batch.count),
            ]
            for failure in batch {
                arguments += [
                    .bytes(failure.attempt.id.bytes), .integer(failure.attempt.fence), .text(failure.action),
                    .integer(failure.due), .text(failure.text),
                ]
            }
            guard let reply = await persistently(Scripts.fail, arguments), let codes = reply.array else { return }
            if codes.first?.string == "EVICTED" {
                state.withLock { $0.isEvicted = true }
                return
            }
            for (failure, code) in zip(batch, codes) where code.integer != 1 { reconsider(failure, code.integer) }
        }
    }

    /// The script did nothing: the job is to be cancelled (2), or isn't held any more.
    private func reconsider(_ failure: Slots.Failure, _ code: Int64?) {
        guard code == 2 else {
            logger.warning("a failed job was not held", metadata: ["job.id": "\(failure.attempt.id)"])
            return
        }
        state.withLock { $0.aside += 1 }
        Task {
            _ = await tell(failure.attempt, .cancelled)
            state.withLock { state in
                state.aside -= 1
                state.acknowledgements.append(
                    .init(
                        id: failure.attempt.id, fence: failure.attempt.fence, isHashed: failure.isHashed,
                        state: .cancelled))
            }
            news.raise()
        }
    }

    /// Tries until there is an answer; repeating such a script changes nothing. Nil when it is hopeless.
    private func persistently(_ script: RedisScript, _ arguments: [RedisArgument]) async -> RedisValue? {
        var pause = Duration.milliseconds(50)
        while !isHopeless {
            do {
                return try await redis.evaluate(script, keys: [keys.prefix], arguments: arguments)
            } catch {
                logger.warning("no answer to a conclusion", metadata: ["error": "\(error)"])
                await restBeforeAnotherTry(&pause)
            }
        }
        return nil
    }

    private func report(_ job: Claimed, _ conclusion: Conclusion) {
        func metadata(_ more: [String: String] = [:]) -> [String: Logger.MetadataValue] {
            var all: [String: Logger.MetadataValue] = [
                "job.id": "\(job.id)", "job.kind": "\(job.attempt.kind)", "job.attempt": "\(job.attempt.number)",
            ]
            for (name, value) in more { all[name] = "\(value)" }
            return all
        }
        switch conclusion {
        case .completed: logger.debug("job completed", metadata: metadata())
        case .retry(_, let failure): logger.warning("job failed", metadata: metadata(["failure": failure.code]))
        case .bury(let failure): logger.error("job buried", metadata: metadata(["failure": failure.code]))
        case .snooze(_, let reason): logger.info("job snoozed", metadata: metadata(["reason": reason]))
        case .cancelled: logger.info("job cancelled", metadata: metadata())
        case .expired: logger.info("job expired", metadata: metadata())
        case .givenBack: logger.info("job given back", metadata: metadata())
        }
    }
}

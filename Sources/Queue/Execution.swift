import FoundationEssentials
import Logging
import Redis
import Synchronization

/// What happens to one claimed job in this process.
extension JobRunner {
    private enum Outcome {
        case completed
        case expired
        case malformed
        case unknownKind
        case failed(any Error)
    }

    func execute(_ job: Claimed, _ token: UInt64) async {
        let outcome = await outcome(of: job)
        let (isMine, stop) = state.withLock { state -> (Bool, Slots.Stop?) in
            var mine: (Bool, Slots.Stop?) = (false, nil)
            state.update(job.id) { slot in
                guard slot.token == token else { return }
                slot.isConcluding = true
                mine = (true, slot.stop)
            }
            return mine
        }
        // Else the job was taken from this handler: it was stuck, or the lease was lost.
        guard isMine else { return }
        await conclude(job, token, conclusion(of: outcome, job: job, stop: stop))
    }

    private func outcome(of job: Claimed) async -> Outcome {
        if job.isMalformed { return .malformed }
        guard let handler = handlers.entries[job.attempt.kind] else { return .unknownKind }
        // Once it has started it may end in its own time, however often it has to begin again.
        if job.isFirstStart, let deadline = job.attempt.deadline, deadline < Date() { return .expired }
        do {
            try await handler.run(job.payload, job.attempt)
            return .completed
        } catch {
            return .failed(error)
        }
    }

    private func conclusion(of outcome: Outcome, job: Claimed, stop: Slots.Stop?) -> Conclusion {
        switch outcome {
        case .completed: return .completed
        case .expired: return .expired
        case .malformed: return .bury(JobFailure(code: "malformed_envelope", message: "the envelope can't be read"))
        case .unknownKind:
            return .snooze(until: Date() + 30, reason: "no handler for \(job.attempt.kind) in the worker that had it")
        case .failed(let error):
            if let snooze = error as? Snooze, stop == nil {
                return .snooze(until: Date() + snooze.delay.timeInterval, reason: snooze.reason)
            }
            switch stop {
            case .cancelled: return .cancelled
            case .shutdown: return .givenBack
            case .timeLimit, nil: return verdict(on: job, error: error, stop: stop)
            }
        }
    }

    /// Retry or bury, after an attempt that counts.
    func verdict(on job: Claimed, error: any Error, stop: Slots.Stop?) -> Conclusion {
        let failure = JobFailure(of: error, stop: stop, limit: job.timeLimit)
        if error is Unrecoverable || job.attempt.isLast { return .bury(failure) }
        let backoff = handlers.entries[job.attempt.kind]?.policy.backoff ?? .standard
        switch backoff.verdict(attempt: job.attempt.number, error: error, chance: Double.random(in: 0..<1)) {
        case .bury: return .bury(failure)
        case .retry(let delay): return .retry(at: Date() + delay.timeInterval, failure)
        }
    }
}

extension JobFailure {
    init(of error: any Error, stop: Slots.Stop?, limit: Duration) {
        if stop == .timeLimit {
            self.init(code: "time_limit", message: "it ran longer than \(limit)")
        } else {
            self.init(
                code: (error as? any FailureCoded)?.failureCode
                    ?? (error is CancellationError ? "interrupted" : "failed"), message: "\(error)")
        }
    }

    /// As the scripts keep it, the message cut at 10 kB.
    var text: String { "\(code)\n" + String(decoding: message.utf8.prefix(10_000), as: UTF8.self) }
}

extension Duration {
    var timeInterval: TimeInterval { Double(nanoseconds) / 1e9 }
}

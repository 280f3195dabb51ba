package import FoundationEssentials
package import Identifiers
package import Jobs
package import Logging
package import Queue
package import Store

/// Writes how attempts end: the Store first, since it is the truth, then the feed, and only then Redis forgets the job.
///
/// Each write names the attempt's fence, so an attempt that was thought dead changes nothing and a job ends once.
package struct JobRecorder: Sendable {
    let store: Store
    let feed: AnswerFeed
    let logger: Logger
    let now: @Sendable () -> Date

    package init(store: Store, feed: AnswerFeed, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.feed = feed
        self.logger = logger
        self.now = now
    }

    /// What the runner calls before its own transition; when this throws, the job runs again after its lease.
    package func record(_ attempt: Attempt, _ conclusion: Conclusion) async throws {
        guard attempt.isTracked else { return }
        let (id, fence) = (attempt.id, attempt.fence)
        switch conclusion {
        case .completed:
            return
        case .retry(let time, let failure):
            log(attempt, failure)
            let fault = JobFault(failure, attempt: attempt.number, at: now())
            let status = try await store.jobs.retryLater(
                id, fence: fence, nextAttemptAt: time, error: fault.json, at: now())
            await tell(status, attempt, nextAttemptAt: time)
        case .snooze(let time, _):
            let status = try await store.jobs.retryLater(id, fence: fence, nextAttemptAt: time, error: nil, at: now())
            await tell(status, attempt, nextAttemptAt: time)
        case .givenBack:
            await tell(try await store.jobs.giveBack(id, fence: fence, at: now()), attempt, nextAttemptAt: nil)
        case .bury(let failure):
            log(attempt, failure)
            try await end(id, fence: fence, as: .failed, JobFault(failure, attempt: attempt.number, at: now()))
        case .cancelled:
            try await end(id, fence: fence, as: .cancelled)
        case .expired:
            try await end(id, fence: fence, as: .expired)
        }
    }

    /// What the maintainer calls for a job that ended without a handler.
    package func record(_ id: JobID, _ ending: Maintainer.Ending) async throws {
        switch ending {
        case .buried(let failure):
            let attempt = try await store.jobs.find(id)?.attempt ?? 1
            logger.error("job failed", metadata: ["job.id": "\(id)", "job.error": "\(failure.code)"])
            try await end(id, fence: nil, as: .failed, JobFault(failure, attempt: attempt, at: now()))
        case .cancelled:
            try await end(id, fence: nil, as: .cancelled)
        }
    }

    private func end(_ id: JobID, fence: Int64?, as status: JobStatus, _ fault: JobFault? = nil) async throws {
        let ended = try await store.jobs.end(id, fence: fence, as: status, error: fault?.json, at: now())
        guard let ended else { return }
        let failure = ended.status == .failed ? fault?.feedEvent : nil
        await append([failure, .done].compactMap(\.self), to: id, fence: fence ?? AnswerFeed.endOfJob)
    }

    private func tell(_ status: JobStatus?, _ attempt: Attempt, nextAttemptAt: Date?) async {
        guard let status else { return }
        let event: FeedEvent =
            status.isTerminal
            ? .done
            : .status(FeedStatus(status: status.rawValue, attempt: attempt.number, nextAttemptAt: nextAttemptAt))
        await append([event], to: attempt.id, fence: attempt.fence)
    }

    /// The Store has the news already; when Redis is away its readers look there.
    private func append(_ events: [FeedEvent], to id: JobID, fence: Int64) async {
        do { try await feed.append(events, to: id, fence: fence) } catch {
            logger.warning("feed not written", metadata: ["job.id": "\(id)", "error": "\(error)"])
        }
    }

    /// What went wrong in full, which the owner is not told; the runner logs that it did.
    private func log(_ attempt: Attempt, _ failure: JobFailure) {
        logger.notice(
            "why an attempt failed",
            metadata: [
                "job.id": "\(attempt.id)", "job.kind": "\(attempt.kind)", "job.attempt": "\(attempt.number)",
                "job.error": "\(failure.code)", "error": "\(failure.message)",
            ])
    }
}

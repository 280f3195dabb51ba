import Identifiers
package import Jobs
package import Logging
package import Queue
package import Store

/// The frame around every handler of a job with a row in the Store: claim, work, result, end.
package struct TrackedRun: Sendable {
    package let store: Store
    package let feed: AnswerFeed
    package let queue: JobQueue
    package let logger: Logger

    package init(store: Store, feed: AnswerFeed, queue: JobQueue, logger: Logger) {
        self.store = store
        self.feed = feed
        self.queue = queue
        self.logger = logger
    }

    /// Claims the row; nil when there is nothing to do but acknowledge: it is over, cancelled, expired or gone.
    ///
    /// - Throws: ``Snooze`` while the row is unfinished under a greater fence.
    package func claim(_ attempt: Attempt) async throws -> TrackedJob? {
        switch try await store.jobs.claim(attempt.id, attempt: attempt.number, fence: attempt.fence) {
        case .claimed(let job):
            return job
        case .cancelled, .expired:
            await tell([.done], attempt)
            return nil
        case .over:
            guard let job = try await store.jobs.find(attempt.id) else { return nil }
            // A Redis whose clock went back hands out fences below the row's: acknowledged, the job would be lost. From a
            // worker that is not the holder any more the queue takes no snooze, so a newer attempt is not disturbed.
            guard job.status.isTerminal else { throw Snooze(for: .seconds(1), reason: "a newer attempt holds the job") }
            await closeFeed(attempt)
            return nil
        }
    }

    /// A worker that died between the end in the Store and the feed's left its watchers waiting: tell them now.
    private func closeFeed(_ attempt: Attempt) async {
        if (try? await feed.snapshot(attempt.id))??.isDone == true { return }
        await tell([.done], attempt)
    }

    /// Runs `work` and ends the job with its result, a JSON text; a result that comes too late is thrown away.
    package func callAsFunction(
        _ attempt: Attempt, _ work: (TrackedJob) async throws -> String?
    ) async throws {
        guard let job = try await claim(attempt) else { return }
        await tell([.status(FeedStatus(status: JobStatus.running.rawValue, attempt: attempt.number))], attempt)
        let result = try await work(job)
        guard try await store.jobs.succeed(job.id, fence: attempt.fence, result: result) != nil else { return }
        await tell([.done], attempt)
    }

    /// Tells the feed; trouble with Redis harms nothing, since its readers have the Store.
    package func tell(_ events: [FeedEvent], _ attempt: Attempt) async {
        do { try await feed.append(events, to: attempt.id, fence: attempt.fence) } catch {
            logger.warning("feed not written", metadata: ["job.id": "\(attempt.id)", "error": "\(error)"])
        }
    }

    /// Enqueues a job that stands in the Store already; reconcile does when this fails.
    package func enqueue(_ job: TrackedJob) async {
        guard
            let new = JobCatalogue.job(
                ofKind: job.kind, payload: job.payload, id: job.id, account: job.accountID?.description,
                deadline: job.deadline)
        else { return }
        do { _ = try await queue.enqueue(new) } catch {
            logger.warning("job left to reconcile", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
        }
    }
}

extension NewTrackedJob {
    /// A job of the catalogue as a row of the Store.
    init<J: Job>(_ job: J, account: AccountID? = nil, uniqueKey: String? = nil) throws {
        self.init(
            accountID: account, kind: J.kind, queue: J.policy.queue,
            payload: String(decoding: try job.encodedPayload(), as: UTF8.self),
            maximumAttempts: J.policy.maximumAttempts, uniqueKey: uniqueKey)
    }
}

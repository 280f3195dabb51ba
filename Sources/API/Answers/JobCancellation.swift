import Identifiers
import Jobs
import Logging
import Queue
import Store

/// Ends jobs before their time. The Store decides; the queue and the watchers are told.
struct JobCancellation: Sendable {
    let store: Store
    let queue: JobQueue
    let feed: AnswerFeed
    let logger: Logger

    /// Asks for the end of an account's job; true when it was over already. Idempotent.
    func cancel(_ id: JobID, of account: AccountID) async throws -> Bool {
        let request = try await store.jobs.requestCancel(id, of: account)
        switch request {
        case .unknown: throw Problem.notFound
        case .over: return true
        case .cancelled(let job), .cancelling(let job):
            // A Redis that does not answer is told later.
            _ = await Deadline.value(within: .seconds(1)) { await announce(job) }
            return false
        }
    }

    /// Tells the queue and the watchers of a cancellation that the Store knows. Without Redis nobody needs telling now: a
    /// worker asks the Store before it begins and at every checkpoint.
    func announce(_ job: TrackedJob) async {
        do {
            var job = job
            if try await queue.cancel(job.id) == .ended, job.status == .cancelling {
                // Its worker had died and no other had it yet: nobody else would end the row.
                job = try await store.jobs.endCancelling(job.id, fence: job.fence) ?? job
            }
            if job.status.isTerminal {
                try await feed.append(
                    [.status(FeedStatus(status: job.status.rawValue, attempt: job.attempt)), .done], to: job.id,
                    fence: AnswerFeed.endOfJob)
            } else {
                try await feed.ring(job.id)
            }
        } catch {
            logger.warning(
                "cancellation not announced", metadata: ["job.id": .stringConvertible(job.id), "error": "\(error)"])
        }
    }
}

package import FoundationEssentials
import Identifiers
package import Jobs
package import Logging
package import Queue
package import Store

/// Makes the queue agree with the Store: what the Store knows as unfinished is in the queue, or is ended.
///
/// One process at a time does it, under a lease of the Store. Each step may be repeated.
package struct Reconciliation: Sendable {
    /// What a pass did.
    package struct Report: Sendable, Equatable {
        package var enqueued = 0
        package var expired = 0
        package var cancelled = 0
        package var failed = 0
        /// Rows of conversations whose time to be restored is over.
        package var purged = 0

        package init(enqueued: Int = 0, expired: Int = 0, cancelled: Int = 0, failed: Int = 0, purged: Int = 0) {
            self.enqueued = enqueued
            self.expired = expired
            self.cancelled = cancelled
            self.failed = failed
            self.purged = purged
        }
    }

    static let lease = "reconcile"

    let store: Store
    let queue: JobQueue
    let feed: AnswerFeed
    let holder: String
    let logger: Logger
    /// Younger rows are on their way to the queue by their writers.
    let grace: Duration
    let page: Int

    package init(
        store: Store, queue: JobQueue, feed: AnswerFeed, holder: String, logger: Logger,
        grace: Duration = .seconds(15), page: Int = 500
    ) {
        self.store = store
        self.queue = queue
        self.feed = feed
        self.holder = holder
        self.logger = logger
        self.grace = grace
        self.page = page
    }

    /// One pass; nil when another process does it now.
    package func pass(at now: Date = Date()) async throws -> Report? {
        guard try await holdLease(at: now) else { return nil }
        var report = Report()
        report.expired = try await expireOverdue(at: now)
        report.purged = try await purge(at: now)
        var last: TrackedJob?
        let limit = now.addingTimeInterval(-Double(grace.components.seconds))
        while true {
            try Task.checkCancellation()
            let rows = try await store.jobs.unfinished(createdBefore: limit, after: last, limit: page)
            try await compare(rows, at: now, &report)
            guard rows.count == page, try await holdLease(at: now) else { break }
            last = rows.last
        }
        try await store.leases.release(Self.lease, holder: holder)
        return report
    }

    private func holdLease(at now: Date) async throws -> Bool {
        try await store.leases.take(Self.lease, holder: holder, for: .seconds(60), at: now)
    }

    /// Ends what has not started by its deadline, in the Store first.
    private func expireOverdue(at now: Date) async throws -> Int {
        var count = 0
        while true {
            try Task.checkCancellation()
            let expired = try await store.jobs.expireOverdue(limit: page, at: now)
            for job in expired {
                await tellEnd(of: job)
                _ = try? await queue.cancel(job.id)
            }
            count += expired.count
            if expired.count < page { return count }
        }
    }

    private func purge(at now: Date) async throws -> Int {
        var count = 0
        while true {
            try Task.checkCancellation()
            let removed = try await store.conversations.purge(
                deletedBefore: now.addingTimeInterval(-60), limit: page)
            count += removed
            if removed == 0 { return count }
        }
    }

    private func compare(_ rows: [TrackedJob], at now: Date, _ report: inout Report) async throws {
        guard !rows.isEmpty else { return }
        let states = try await queue.states(of: rows.map(\.id))
        for (row, state) in zip(rows, states) {
            do { try await settle(row, state, at: now, &report) } catch let error as CancellationError {
                throw error
            } catch {
                // One bad row harms no other; the next pass finds it again.
                logger.warning("job not reconciled", metadata: ["job.id": "\(row.id)", "error": "\(error)"])
            }
        }
    }

    private func settle(_ row: TrackedJob, _ state: JobState?, at now: Date, _ report: inout Report) async throws {
        switch state {
        case .ready, .scheduled, .retrying, .running:
            // The request may have been lost on its way to the queue.
            guard row.status == .cancelling, try await queue.cancel(row.id) == .ended else { return }
            if try await end(row, as: .cancelled, at: now) { report.cancelled += 1 }
        case nil:
            // It may have ended between the two questions: the Store has the last word.
            guard let current = try await store.jobs.find(row.id), !current.status.isTerminal else { return }
            if current.status == .cancelling {
                if try await end(current, as: .cancelled, at: now) { report.cancelled += 1 }
            } else if try await enqueue(current, at: now) {
                report.enqueued += 1
            }
        case .dead, .cancelled, .expired, .completed:
            // A row that changed a moment ago is on its way: an administrator revives a job in the Store first.
            guard row.version < now.addingTimeInterval(-Double(grace.components.seconds)).milliseconds else { return }
            try await adopt(state, of: row, at: now, &report)
        }
    }

    /// Gives a row the end that its job had in the queue.
    private func adopt(_ state: JobState?, of row: TrackedJob, at now: Date, _ report: inout Report) async throws {
        switch state {
        case .dead:
            let failure = try await queue.job(row.id)?.summary.lastFailure
            if try await end(row, as: .failed, failure?.code ?? "failed", at: now) { report.failed += 1 }
        case .cancelled:
            if try await end(row, as: .cancelled, at: now) { report.cancelled += 1 }
        case .expired:
            if try await end(row, as: .expired, at: now) { report.expired += 1 }
        default:
            if try await end(row, as: .failed, "lost", at: now) { report.failed += 1 }
        }
    }

    private func enqueue(_ row: TrackedJob, at now: Date) async throws -> Bool {
        let runAt = row.nextAttemptAt.flatMap { $0 > now ? $0 : nil }
        let job = JobCatalogue.job(
            ofKind: row.kind, payload: row.payload, id: row.id, account: row.accountID?.description, runAt: runAt,
            deadline: row.startedAt == nil ? row.deadline : nil)
        // A kind of another version: its own beat knows it.
        guard let job else { return false }
        return try await queue.enqueue(job) == .accepted
    }

    /// Ends a row that was unfinished when it was read; false when it changed since, so that what happened to it then
    /// counts.
    private func end(
        _ row: TrackedJob, as status: JobStatus, _ code: String? = nil, at now: Date
    ) async throws -> Bool {
        guard let current = try await store.jobs.find(row.id), current.version == row.version else { return false }
        let error = code.map { code in
            #"{"code":"\#(code)","title":"The job failed.","detail":null,"retryable":true}"#
        }
        guard let ended = try await store.jobs.end(row.id, fence: row.fence, as: status, error: error, at: now) else {
            return false
        }
        await tellEnd(of: ended)
        return true
    }

    private func tellEnd(of job: TrackedJob) async {
        do { try await feed.append([.done], to: job.id, fence: AnswerFeed.endOfJob) } catch {
            logger.warning("feed not written", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
        }
    }
}

extension Date {
    fileprivate var milliseconds: Int64 { Int64(timeIntervalSince1970 * 1000) }
}

public import FoundationEssentials
public import Identifiers

/// How a claim in the Store ended; every handler begins with it.
public enum JobClaim: Sendable {
    /// The attempt holds the job now; every later write of it names the same fence.
    case claimed(TrackedJob)
    /// Cancellation had been asked for: the job is cancelled now, the handler only acknowledges.
    case cancelled
    /// The job's deadline passed before its first start: it is expired now, the handler only acknowledges.
    case expired
    /// The job is terminal, unknown, or held by a newer attempt: the handler only acknowledges.
    case over
}

/// What a checkpoint found.
public enum CheckpointOutcome: Sendable, Equatable {
    case written
    /// Written, and cancellation is asked for.
    case cancelling
    /// The job is over, or a newer attempt holds it: stop, nothing was written.
    case lost
}

/// One write of the text so far.
public struct Checkpoint: Sendable {
    public var jobID: JobID
    public var fence: Int64
    public var text: String
    /// The feed event up to which the text reaches.
    public var eventID: String?

    public init(jobID: JobID, fence: Int64, text: String, eventID: String?) {
        self.jobID = jobID
        self.fence = fence
        self.text = text
        self.eventID = eventID
    }
}

/// How a request to cancel ended.
public enum CancelRequest: Sendable {
    /// The job had not started, or waited for a retry: it is cancelled now.
    case cancelled(TrackedJob)
    /// An attempt runs: it will see the request.
    case cancelling(TrackedJob)
    /// The job was terminal already.
    case over(TrackedJob)
    case unknown

    public var job: TrackedJob? {
        switch self {
        case .cancelled(let job), .cancelling(let job), .over(let job): job
        case .unknown: nil
        }
    }
}

extension JobRows {
    /// Takes a job for an attempt. The fence must be greater than any before; a claim of a lesser one is `over`.
    public func claim(_ id: JobID, attempt: Int, fence: Int64, at now: Date = Date()) async throws -> JobClaim {
        try await store.write { transaction in
            let claimed = try transaction.first(
                """
                UPDATE jobs SET status = CASE WHEN status = 'cancelling' THEN status ELSE 'running' END, stage = NULL,
                    attempt = $2, fence = $3, partial_text = NULL, partial_event_id = NULL, next_attempt_at = NULL,
                    version = \(Self.nextVersion("$4"))
                WHERE id = $1 AND fence < $3 AND finished_at IS NULL RETURNING \(TrackedJob.columns)
                """, id, attempt, fence, now, read: TrackedJob.init)
            guard var job = claimed else { return .over }
            if job.status == .cancelling {
                _ = try Self.end(id, fence: fence, as: .cancelled, at: now, in: transaction)
                return .cancelled
            }
            guard job.startedAt == nil else { return .claimed(job) }
            if let deadline = job.deadline, deadline < now {
                _ = try Self.end(id, fence: fence, as: .expired, at: now, in: transaction)
                return .expired
            }
            try transaction.run("UPDATE jobs SET started_at = $2 WHERE id = $1", id, now)
            job.startedAt = now.wholeMilliseconds
            return .claimed(job)
        }
    }

    /// Notes what a running attempt does; false when the attempt no longer holds the job.
    public func setStage(_ stage: String?, of id: JobID, fence: Int64, at now: Date = Date()) async throws -> Bool {
        try await store.write {
            try $0.run(
                """
                UPDATE jobs SET stage = $3, version = \(Self.nextVersion("$4"))
                WHERE id = $1 AND fence <= $2 AND finished_at IS NULL
                """, id, fence, stage, now) > 0
        }
    }

    /// Writes the texts so far of many jobs in one transaction; one outcome each, in order.
    public func checkpoint(_ checkpoints: [Checkpoint], at now: Date = Date()) async throws -> [CheckpointOutcome] {
        try await store.write { transaction in
            try checkpoints.map { checkpoint in
                let status = try transaction.first(
                    """
                    UPDATE jobs SET partial_text = $3, partial_event_id = $4, version = \(Self.nextVersion("$5"))
                    WHERE id = $1 AND fence <= $2 AND finished_at IS NULL RETURNING status
                    """, checkpoint.jobID, checkpoint.fence, checkpoint.text, checkpoint.eventID, now
                ) { try $0.value(0, JobStatus.self) }
                return switch status {
                case nil: .lost
                case .cancelling: .cancelling
                default: .written
                }
            }
        }
    }

    /// An attempt failed or was snoozed: the job waits for its next one. `error` is JSON and joins the history;
    /// a snooze passes none. A job whose cancellation was asked for is cancelled instead.
    ///
    /// Returns the status it has now, nil when the attempt no longer held it.
    public func retryLater(
        _ id: JobID, fence: Int64, nextAttemptAt: Date, error: String?, at now: Date = Date()
    ) async throws -> JobStatus? {
        try await wait(id, fence: fence, as: .retrying, nextAttemptAt: nextAttemptAt, error: error, at: now)
    }

    /// A shutdown gave the job back: it is queued again, no attempt is counted.
    public func giveBack(_ id: JobID, fence: Int64, at now: Date = Date()) async throws -> JobStatus? {
        try await wait(id, fence: fence, as: .queued, nextAttemptAt: nil, error: nil, at: now)
    }

    private func wait(
        _ id: JobID, fence: Int64, as status: JobStatus, nextAttemptAt: Date?, error: String?, at now: Date
    ) async throws -> JobStatus? {
        try await store.write { transaction in
            let found = try transaction.first(
                """
                UPDATE jobs SET status = CASE WHEN status = 'cancelling' THEN status ELSE $3 END, stage = NULL,
                    next_attempt_at = $4, error = COALESCE($5, error), history = history || $6,
                    version = \(Self.nextVersion("$7"))
                WHERE id = $1 AND fence <= $2 AND finished_at IS NULL RETURNING status
                """, id, fence, status.rawValue, nextAttemptAt, error, Self.historyLine(error), now
            ) { try $0.value(0, JobStatus.self) }
            guard found == .cancelling else { return found }
            return try Self.end(id, fence: fence, as: .cancelled, at: now, in: transaction)?.status
        }
    }

    /// Ends a job that is not an answer with its result (JSON); cancelled when that was asked for before.
    /// Nil when the attempt no longer held it.
    public func succeed(
        _ id: JobID, fence: Int64, result: String? = nil, at now: Date = Date()
    ) async throws -> TrackedJob? {
        try await store.write {
            try Self.end(id, fence: fence, as: .succeeded, result: result, at: now, in: $0)
        }
    }

    /// Ends a job as failed, cancelled or expired; an answer keeps the text of its last checkpoint. `error` is JSON.
    /// Nil when the job was over or a newer attempt holds it. `fence: nil` is for ends without an attempt (reconcile,
    /// administration).
    public func end(
        _ id: JobID, fence: Int64?, as status: JobStatus, error: String? = nil, at now: Date = Date()
    ) async throws -> TrackedJob? {
        try await store.write { try Self.end(id, fence: fence, as: status, error: error, at: now, in: $0) }
    }

    /// Asks for the end of a job; with an account only of its own. Idempotent.
    public func requestCancel(
        _ id: JobID, of account: AccountID? = nil, at now: Date = Date()
    ) async throws -> CancelRequest {
        try await store.write { try Self.requestCancel(id, of: account, at: now, in: $0) }
    }

    /// Ends a job whose cancellation was asked for when the queue says that nobody runs it: it waited to be run again.
    /// Nil when it is over by now or a newer attempt than `fence` holds it.
    public func endCancelling(_ id: JobID, fence: Int64, at now: Date = Date()) async throws -> TrackedJob? {
        try await store.write { transaction in
            guard try Self.find(id, in: transaction)?.status == .cancelling else { return nil }
            return try Self.end(id, fence: fence, as: .cancelled, at: now, in: transaction)
        }
    }

    static func requestCancel(
        _ id: JobID, of account: AccountID? = nil, at now: Date, in transaction: Transaction
    ) throws -> CancelRequest {
        guard let job = try find(id, in: transaction), account == nil || job.accountID == account else {
            return .unknown
        }
        switch job.status {
        case .succeeded, .failed, .cancelled, .expired:
            return .over(job)
        case .cancelling:
            return .cancelling(job)
        case .queued, .retrying:
            return try end(id, fence: nil, as: .cancelled, at: now, in: transaction).map { .cancelled($0) } ?? .unknown
        case .running:
            return try transaction.first(
                """
                UPDATE jobs SET status = 'cancelling', version = \(nextVersion("$2"))
                WHERE id = $1 AND status = 'running' RETURNING \(TrackedJob.columns)
                """, id, now, read: TrackedJob.init
            ).map { .cancelling($0) } ?? .unknown
        }
    }

    /// Expires what has not started by its deadline, at most `limit` jobs; returns them.
    public func expireOverdue(limit: Int = 500, at now: Date = Date()) async throws -> [TrackedJob] {
        try await store.write { transaction in
            let ids = try transaction.rows(
                """
                SELECT id FROM jobs
                WHERE finished_at IS NULL AND started_at IS NULL AND deadline < $1
                ORDER BY deadline LIMIT $2
                """, now, limit
            ) { try $0.id(0, JobIdentity.self) }
            return try ids.compactMap { try Self.end($0, fence: nil, as: .expired, at: now, in: transaction) }
        }
    }

    /// Puts a failed, cancelled or expired job back to queued for administration; the caller revives or enqueues it. Nil
    /// when it is none of these, or when another job holds its unique key or its conversation.
    public func revive(_ id: JobID, at now: Date = Date()) async throws -> TrackedJob? {
        try await store.writeOrAbandon { transaction in
            guard let job = try Self.find(id, in: transaction), job.status.isTerminal, job.status != .succeeded else {
                return nil
            }
            if let key = job.uniqueKey,
                try transaction.exists("SELECT 1 FROM jobs WHERE unique_key = $1 AND finished_at IS NULL", key)
            {
                return nil
            }
            if let conversation = job.conversationID, job.kind == Chat.answerKind,
                try transaction.exists(
                    """
                    SELECT 1 FROM jobs
                    WHERE conversation_id = $1 AND kind = 'generate_answer' AND finished_at IS NULL
                    """, conversation)
            {
                return nil
            }
            if let response = job.responseID {
                try transaction.run(
                    "UPDATE messages SET status = 'queued', content = '', error = NULL, is_searchable = 0 WHERE id = $1",
                    response)
            }
            return try transaction.first(
                """
                UPDATE jobs SET status = 'queued', stage = NULL, error = NULL, outcome = NULL, finished_at = NULL,
                    started_at = NULL, deadline = NULL, version = \(Self.nextVersion("$2"))
                WHERE id = $1 AND finished_at IS NOT NULL RETURNING \(TrackedJob.columns)
                """, id, now, read: TrackedJob.init)
        }
    }

    /// Removes a finished job; false when it is unfinished or unknown.
    public func delete(_ id: JobID) async throws -> Bool {
        try await store.write { try $0.run("DELETE FROM jobs WHERE id = $1 AND finished_at IS NOT NULL", id) > 0 }
    }

    /// Every visible change takes the next version: max(version + 1, now).
    static func nextVersion(_ now: String) -> String {
        "CASE WHEN version >= \(now) THEN version + 1 ELSE \(now) END"
    }

    static func historyLine(_ error: String?) -> String {
        error.map { $0.replacing("\n", with: " ") + "\n" } ?? ""
    }
}

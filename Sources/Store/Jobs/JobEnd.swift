import FoundationEssentials
import Identifiers

/// What the end of an answer writes beside the status.
struct AnswerContent {
    var text: String
    var outcome: String?
    var sources: String?
    var usage: String?
}

extension JobRows {
    /// The one way into a terminal status: the job, its message, its conversation and its schedule run change together.
    ///
    /// An expired job gets its error here, since nobody else says it. A job whose cancellation was asked for ends as
    /// cancelled, whatever is proposed. Nil when it is over already or a newer attempt than `fence` holds it.
    static func end(
        _ id: JobID, fence: Int64?, as proposed: JobStatus, error: String? = nil, result: String? = nil,
        answer: AnswerContent? = nil, at now: Date, in transaction: Transaction
    ) throws -> TrackedJob? {
        let error = error ?? (proposed == .expired ? expiredError : nil)
        let ended = try transaction.first(
            """
            UPDATE jobs SET status = CASE WHEN status = 'cancelling' THEN 'cancelled' ELSE $3 END, stage = NULL,
                outcome = $4, error = $5, result = $6, history = history || $7, next_attempt_at = NULL,
                finished_at = $8, version = \(nextVersion("$8"))
            WHERE id = $1 AND fence <= $2 AND finished_at IS NULL RETURNING \(TrackedJob.columns)
            """,
            id, fence ?? Int64.max, proposed.rawValue, answer?.outcome, error, result, historyLine(error), now,
            read: TrackedJob.init)
        guard var job = ended else { return nil }
        if let response = job.responseID {
            let text = answer?.text ?? job.partialText ?? ""
            try endMessage(response, of: job, text: text, answer: answer, error: error, at: now, in: transaction)
            try transaction.run("UPDATE jobs SET partial_text = NULL, partial_event_id = NULL WHERE id = $1", id)
            job.partialText = nil
            job.partialEventID = nil
        }
        if job.status != .succeeded, job.responseID == nil { try giveUpSubject(of: job, at: now, in: transaction) }
        try Schedules.finishRun(of: job, at: now, in: transaction)
        return job
    }

    /// What the owner of a job is told that could not start in time.
    static let expiredError = """
        {"code":"expired","title":"The job could not start in time.",\
        "detail":"It waited longer than it may; ask again.","retryable":true}
        """

    /// A mail or document that waited for the job will not be sent or read.
    private static func giveUpSubject(of job: TrackedJob, at now: Date, in transaction: Transaction) throws {
        try transaction.run("UPDATE mails SET status = 'failed' WHERE job_id = $1 AND status = 'queued'", job.id)
        try transaction.run(
            """
            UPDATE documents SET state = 'failed', error = COALESCE(error, $2), updated_at = $3
            WHERE job_id = $1 AND state IN ('queued', 'processing')
            """, job.id, job.error, now)
    }

    private static func endMessage(
        _ id: MessageID, of job: TrackedJob, text: String, answer: AnswerContent?, error: String?, at now: Date,
        in transaction: Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE messages SET content = $2, status = $3, outcome = $4, sources = $5, usage = $6, error = $7
            WHERE id = $1 AND is_searchable = 0
            """, id, text, job.status.rawValue, answer?.outcome, answer?.sources, answer?.usage, error)
        try transaction.run(
            "UPDATE messages SET is_searchable = 1 WHERE id = $1 AND is_searchable = 0", job.messageID)
        if !text.isEmpty {
            try transaction.run("UPDATE messages SET is_searchable = 1 WHERE id = $1 AND is_searchable = 0", id)
        }
        guard let conversation = job.conversationID else { return }
        // The preview follows the newest message only: an answer may end after the conversation went on elsewhere.
        try transaction.run(
            """
            UPDATE conversations SET updated_at = $2,
                last_message_preview = CASE WHEN $3 <> '' AND active_leaf_id = $4 THEN $3
                    ELSE last_message_preview END
            WHERE id = $1
            """, conversation, now, Conversation.preview(of: text), id)
    }
}

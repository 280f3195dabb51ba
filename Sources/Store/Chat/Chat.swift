public import FoundationEssentials
public import Identifiers

/// Questions and answers: the transactions behind the chat routes and the answer job.
public struct Chat: Sendable {
    /// The kind of the jobs that a conversation has one of at a time; the partial index names it, too.
    public static let answerKind = "generate_answer"

    let store: Store
}

extension Store {
    public var chat: Chat { Chat(store: self) }
}

extension Chat {
    /// Writes the question, its empty answer and the job in one transaction; the caller enqueues the job after it.
    public func submit(_ question: NewQuestion, at now: Date = Date()) async throws -> Submission {
        try await store.writeOrAbandon { transaction in
            if let earlier = try Self.admit(
                question.idempotency, account: question.account, job: question.job.id,
                maximumUnfinished: question.maximumUnfinished, at: now, in: transaction)
            {
                throw Abandoned(earlier)
            }
            let turn = try Self.place(question, at: now, in: transaction)
            return .accepted(
                try Self.insertAnswer(
                    question.responseID, to: question.messageID, in: turn, job: question.job,
                    account: question.account, at: now, transaction))
        }
    }

    /// How a request with this key ended before: `replayed`, or `idempotencyMismatch` for another body. Nil for a new key.
    public func submission(of key: IdempotencyKey, by account: AccountID) async throws -> Submission? {
        try await store.read { try Self.repeated(key, account: account, in: $0) }
    }

    /// Writes a sibling answer to a question that has one, and its job.
    public func answerAgain(_ new: NewAnswer, at now: Date = Date()) async throws -> Submission {
        try await store.writeOrAbandon { transaction in
            if let earlier = try Self.admit(
                new.idempotency, account: new.account, job: new.job.id, maximumUnfinished: new.maximumUnfinished,
                at: now, in: transaction)
            {
                throw Abandoned(earlier)
            }
            let question = try Self.question(of: new, in: transaction)
            let turn = try Self.extend(
                question.conversation, of: new.account, by: 1, leaf: new.responseID, preview: nil, at: now,
                in: transaction)
            return .accepted(
                try Self.insertAnswer(
                    new.responseID, to: question.message, in: turn, job: new.job, account: new.account, at: now,
                    transaction))
        }
    }

    /// Ends an answer with its text: decides between finished and cancelled, writes message, conversation and job
    /// together, and the job that makes the title while the conversation has none but the one it began with.
    ///
    /// Nil when the attempt no longer holds the job: nothing was written. `sources` and `usage` are JSON.
    public func finishAnswer(
        _ id: JobID, fence: Int64, text: String, outcome: String, sources: String, usage: String?,
        titleJob: NewTrackedJob? = nil, at now: Date = Date()
    ) async throws -> (job: TrackedJob, titleJob: TrackedJob?)? {
        try await store.write { transaction in
            let answer = AnswerContent(text: text, outcome: outcome, sources: sources, usage: usage)
            let ended = try JobRows.end(
                id, fence: fence, as: .succeeded, answer: answer, at: now, in: transaction)
            guard let ended else { return nil }
            guard let titleJob, ended.status == .succeeded, let conversation = ended.conversationID,
                try transaction.exists(
                    """
                    SELECT 1 FROM conversations
                    WHERE id = $1 AND is_titled = 0 AND is_listed = 1 AND deleted_at IS NULL
                    """, conversation)
            else { return (ended, nil) }
            let creation = try JobRows.create(titleJob, at: now, in: transaction)
            return (ended, creation.isNew ? creation.job : nil)
        }
    }

    /// The messages from the root of a branch down to one message, oldest first: at most the last `limit` of them. For the
    /// worker, which acts for the owner.
    public func branch(endingAt message: MessageID, limit: Int = 100) async throws -> [Message] {
        try await store.read { transaction in
            let rows = try transaction.rows(
                """
                WITH RECURSIVE branch (id, depth) AS (
                    SELECT id, 1 FROM messages WHERE id = $1
                    UNION ALL
                    SELECT m.parent_id, b.depth + 1 FROM branch b JOIN messages m ON m.id = b.id
                    WHERE m.parent_id IS NOT NULL AND b.depth < $2)
                SELECT \(Message.columns) FROM branch b JOIN messages m ON m.id = b.id \(Message.joinedJobs)
                ORDER BY b.depth DESC
                """, message, limit, read: Message.init)
            return rows
        }
    }

    /// Rates an answer of the account: 1, -1, or 0 to take it back. False when there is no such answer.
    public func rate(
        _ id: MessageID, of account: AccountID, rating: Int, comment: String?
    ) async throws -> Bool {
        try await store.write {
            try $0.run(
                """
                UPDATE messages SET rating = $3, rating_comment = $4
                WHERE id = $1 AND account_id = $2 AND role = 'assistant' AND conversation_id IN
                    (SELECT id FROM conversations WHERE account_id = $2 AND deleted_at IS NULL)
                """, id, account, rating, comment) > 0
        }
    }

    /// A message of the account.
    public func message(_ id: MessageID, of account: AccountID) async throws -> Message? {
        try await store.read {
            try $0.first(
                """
                SELECT \(Message.columns) FROM messages m \(Message.joinedJobs)
                WHERE m.id = $1 AND m.account_id = $2
                """, id, account, read: Message.init)
        }
    }

    /// The seed's history: questions with their newest answers, newest page first, newest last inside a page.
    public func history(
        of account: AccountID, limit: Int = 50, cursor: String? = nil
    ) async throws -> Page<HistoryEntry> {
        try await store.read { transaction in
            let key = Cursor(cursor, count: 2)
            let rows = try transaction.rows(
                """
                SELECT q.id, q.conversation_id, q.content,
                    COALESCE((SELECT a.content FROM messages a WHERE a.parent_id = q.id AND a.role = 'assistant'
                        ORDER BY a.position DESC LIMIT 1), ''),
                    q.created_at, q.number
                FROM messages q JOIN conversations c ON c.id = q.conversation_id
                WHERE q.account_id = $1 AND q.role = 'user' AND (q.created_at, q.number) < ($2, $3)
                    AND c.deleted_at IS NULL AND c.is_listed = 1
                ORDER BY q.created_at DESC, q.number DESC LIMIT $4
                """, account, key?.integer(0) ?? Int64.max, key?.integer(1) ?? Int64.max, limit + 1
            ) { row in
                HistoryEntry(
                    id: try row.id(0), conversationID: try row.id(1), message: row.text(2), response: row.text(3),
                    createdAt: row.date(4), number: row.integer(5))
            }
            var page = Page(reading: rows, limit: limit) { "\($0.createdAt.unixMilliseconds).\($0.number)" }
            page.elements.reverse()
            return page
        }
    }
}

/// A question with its answer, as the seed's history lists them.
public struct HistoryEntry: Sendable, Equatable {
    public var id: MessageID
    public var conversationID: ConversationID
    public var message: String
    public var response: String
    public var createdAt: Date
    var number: Int64
}

import FoundationEssentials
import Identifiers

/// The steps of a submission, each inside its transaction.
extension Chat {
    /// A conversation with the place of the last message added to it.
    struct Turn {
        var conversation: ConversationID
        var lastPosition: Int64
    }

    /// Checks the idempotency key and the account's limit; what it returns ends the submission.
    static func admit(
        _ key: IdempotencyKey?, account: AccountID, job: JobID, maximumUnfinished: Int?, at now: Date,
        in transaction: Transaction
    ) throws -> Submission? {
        if let key {
            let isNew = try transaction.exists(
                """
                INSERT INTO idempotency_keys (account_id, route, key, body_hash, job_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING key
                """, account, key.route, key.key, key.bodyHash, job, now)
            if !isNew { return try repeated(key, account: account, in: transaction) }
        }
        guard let maximumUnfinished else { return nil }
        // Counting stops at the limit: a long backlog of one account slows nobody.
        let unfinished = try transaction.count(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM jobs
                WHERE account_id = $1 AND kind = 'generate_answer' AND finished_at IS NULL LIMIT $2) AS unfinished
            """, account, maximumUnfinished)
        return unfinished >= maximumUnfinished ? .tooManyUnfinished(unfinished) : nil
    }

    /// How the request that brought a key first ended; nil when there was none.
    static func repeated(
        _ key: IdempotencyKey, account: AccountID, in transaction: Transaction
    ) throws -> Submission? {
        try transaction.first(
            "SELECT body_hash, job_id FROM idempotency_keys WHERE account_id = $1 AND route = $2 AND key = $3", account,
            key.route, key.key
        ) { row in
            row.text(0) == key.bodyHash ? .replayed(try row.id(1)) : .idempotencyMismatch
        }
    }

    /// Writes the question where it belongs and makes room for its answer.
    static func place(_ question: NewQuestion, at now: Date, in transaction: Transaction) throws -> Turn {
        let account = question.account
        let conversation: ConversationID
        var parent: MessageID?
        var preceding: [NewQuestion.Preceding] = []
        switch question.place {
        case .newConversation(let title, let isListed):
            conversation = question.newConversationID
            preceding = question.preceding
            try transaction.run(
                """
                INSERT INTO conversations (id, account_id, title, title_folded, created_at, updated_at, is_listed)
                VALUES ($1, $2, $3, $4, $5, $5, $6)
                """, conversation, account, title.asTitle, title.asTitle.folded, now, isListed)
        case .conversation(let id):
            conversation = id
            parent =
                try transaction.first(
                    "SELECT active_leaf_id FROM conversations WHERE id = $1 AND account_id = $2", id, account
                ) { try $0.optionalID(0) } ?? nil
        case .after(let message, let id):
            conversation = id
            parent = message
            guard
                try transaction.exists(
                    "SELECT 1 FROM messages WHERE id = $1 AND conversation_id = $2 AND account_id = $3", message, id,
                    account)
            else { throw Abandoned(Submission.unknown) }
        case .inPlaceOf(let message):
            let original = try transaction.first(
                """
                SELECT conversation_id, parent_id FROM messages
                WHERE id = $1 AND account_id = $2 AND role = 'user' AND conversation_id IS NOT NULL
                """, message, account
            ) {
                (
                    conversation: try $0.id(0, ConversationIdentity.self),
                    parent: try $0.optionalID(1, MessageIdentity.self)
                )
            }
            guard let original else { throw Abandoned(Submission.unknown) }
            conversation = original.conversation
            parent = original.parent
        }
        let turn = try extend(
            conversation, of: account, by: preceding.count + 2, leaf: question.responseID,
            preview: Conversation.preview(of: question.text), at: now, in: transaction)
        var position = turn.lastPosition - Int64(preceding.count) - 1
        for message in preceding {
            let id = MessageID.make()
            try insertMessage(
                id, role: message.role, text: message.content, parent: parent, conversation: conversation,
                account: account, position: position, at: now, in: transaction)
            parent = id
            position += 1
        }
        try insertMessage(
            question.messageID, role: .user, text: question.text, parent: parent, conversation: conversation,
            account: account, position: position, at: now, in: transaction)
        return turn
    }

    /// Makes room for messages in a living conversation of the account.
    static func extend(
        _ conversation: ConversationID, of account: AccountID, by count: Int, leaf: MessageID, preview: String?,
        at now: Date, in transaction: Transaction
    ) throws -> Turn {
        let last = try transaction.first(
            """
            UPDATE conversations SET last_position = last_position + $3, message_count = message_count + $3,
                active_leaf_id = $4, updated_at = $5, last_message_preview = COALESCE($6, last_message_preview)
            WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL RETURNING last_position
            """, conversation, account, count, leaf, now, preview
        ) { $0.integer(0) }
        guard let last else { throw Abandoned(Submission.unknown) }
        return Turn(conversation: conversation, lastPosition: last)
    }

    static func insertMessage(
        _ id: MessageID, role: MessageRole, text: String, parent: MessageID?, conversation: ConversationID,
        account: AccountID, position: Int64, job: JobID? = nil, at now: Date, in transaction: Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO messages (id, conversation_id, account_id, parent_id, position, role, content, status, job_id,
                created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, id, conversation, account, parent, position, role.rawValue, text,
            job == nil ? JobStatus.succeeded.rawValue : JobStatus.queued.rawValue, job, now)
    }

    /// Writes the empty answer and its job; a conversation with an unfinished answer refuses by its unique index.
    static func insertAnswer(
        _ response: MessageID, to question: MessageID, in turn: Turn, job new: NewTrackedJob, account: AccountID,
        at now: Date, _ transaction: Transaction
    ) throws -> TrackedJob {
        let job = try transaction.first(
            """
            INSERT INTO jobs (id, account_id, conversation_id, message_id, response_id, kind, queue, payload, status,
                max_attempts, version, unique_key, deadline, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10, $11, $12, $10)
            ON CONFLICT DO NOTHING RETURNING \(TrackedJob.columns)
            """,
            new.id, account, turn.conversation, question, response, answerKind, new.queue, new.payload,
            new.maximumAttempts, now, new.uniqueKey, new.deadline, read: TrackedJob.init)
        guard let job else {
            let standing = try transaction.first(
                """
                SELECT id FROM jobs
                WHERE conversation_id = $1 AND kind = 'generate_answer' AND finished_at IS NULL
                """, turn.conversation
            ) { try $0.id(0, JobIdentity.self) }
            throw Abandoned(Submission.busy(standing ?? new.id))
        }
        try insertMessage(
            response, role: .assistant, text: "", parent: question, conversation: turn.conversation, account: account,
            position: turn.lastPosition, job: job.id, at: now, in: transaction)
        return job
    }

    /// The question that a further answer is for.
    static func question(
        of new: NewAnswer, in transaction: Transaction
    ) throws -> (message: MessageID, conversation: ConversationID) {
        switch new.subject {
        case .retry(let id):
            let job = try JobRows.find(id, in: transaction)
            guard let job, job.accountID == new.account, let message = job.messageID,
                let conversation = job.conversationID
            else { throw Abandoned(Submission.unknown) }
            guard job.status.isTerminal, job.status != .succeeded else {
                throw Abandoned(Submission.notRetryable(job.status))
            }
            return (message, conversation)
        case .regenerate(let id):
            let found = try transaction.first(
                """
                SELECT CASE WHEN role = 'user' THEN id ELSE parent_id END, conversation_id FROM messages
                WHERE id = $1 AND account_id = $2 AND conversation_id IS NOT NULL
                """, id, new.account
            ) {
                (
                    message: try $0.optionalID(0, MessageIdentity.self),
                    conversation: try $0.id(1, ConversationIdentity.self)
                )
            }
            guard let found, let message = found.message else { throw Abandoned(Submission.unknown) }
            return (message, found.conversation)
        }
    }
}

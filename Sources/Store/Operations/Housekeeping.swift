public import FoundationEssentials
public import Identifiers

/// Cleanup in bounded transactions: every call removes at most `limit` rows and tells how many went; callers loop until
/// it is 0, so a million rows never block writers.
public struct Housekeeping: Sendable {
    let store: Store
}

extension Store {
    public var housekeeping: Housekeeping { Housekeeping(store: self) }
}

/// What a batch removed.
public struct RemovedRows: Sendable, Equatable {
    /// Rows of any table: 0 means that nothing is left.
    public var rows: Int
    /// Of these, whole conversations.
    public var conversations: Int
    public var messages: Int
    public var accounts = 0

    public init(rows: Int = 0, conversations: Int = 0, messages: Int = 0) {
        self.rows = rows
        self.conversations = conversations
        self.messages = messages
    }
}

extension Housekeeping {
    /// Conversations without activity since a time, with their messages; pinned ones and those with an unfinished answer
    /// stay.
    public func removeStaleConversations(inactiveSince time: Date, limit: Int = 500) async throws -> RemovedRows {
        try await store.write {
            try Self.removeConversations(where: "is_pinned = 0 AND updated_at < $1", time, limit: limit, in: $0)
        }
    }

    /// Messages without a conversation, as imports can leave, and empty answers older than a time whose job is gone.
    public func removeOrphanMessages(writtenBefore time: Date, limit: Int = 500) async throws -> Int {
        try await store.write { transaction in
            let numbers = try transaction.rows(
                """
                SELECT number FROM messages WHERE conversation_id IS NULL
                UNION ALL
                SELECT number FROM messages m WHERE m.status = 'queued' AND m.created_at < $1
                    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = m.job_id)
                LIMIT $2
                """, time, limit
            ) { $0.integer(0) }
            for number in numbers { try Self.removeMessage(number, in: transaction) }
            return numbers.count
        }
    }

    /// Messages whose conversation has no row; walks the table in slices of `limit`. Returns how many went and where
    /// the next slice begins, nil at the end.
    public func removeStrandedMessages(
        from number: Int64 = 0, limit: Int = 500
    ) async throws -> (removed: Int, next: Int64?) {
        try await store.write { transaction in
            let slice = try transaction.rows(
                """
                SELECT m.number, c.id IS NULL FROM messages m LEFT JOIN conversations c ON c.id = m.conversation_id
                WHERE m.number > $1 ORDER BY m.number LIMIT $2
                """, number, limit
            ) { (number: $0.integer(0), isStranded: $0.bool(1)) }
            let stranded = slice.filter(\.isStranded)
            for message in stranded { try Self.removeMessage(message.number, in: transaction) }
            return (stranded.count, slice.count < limit ? nil : slice.last?.number)
        }
    }

    /// Accounts that never verified their address since they joined before a time; never administrators. Their data goes
    /// with them, conversations first, in as many calls as it takes.
    public func removeUnverifiedAccounts(joinedBefore time: Date, limit: Int = 500) async throws -> RemovedRows {
        try await store.write { transaction in
            let accounts = try transaction.rows(
                """
                SELECT id FROM accounts WHERE is_verified = 0 AND is_admin = 0 AND created_at < $1
                ORDER BY created_at LIMIT $2
                """, time, limit
            ) { try $0.id(0, Account.self) }
            var removed = RemovedRows()
            for account in accounts where removed.rows < limit {
                let part = try Self.removeAccount(account, limit: limit - removed.rows, in: transaction)
                removed.rows += part.rows
                removed.conversations += part.conversations
                removed.messages += part.messages
                removed.accounts += part.accounts
            }
            return removed
        }
    }

    /// One batch of the deletion of an account with all its data; 0 rows when nothing is left. The account itself goes
    /// last, so its name is free only when everything is gone.
    public func removeAccount(_ id: AccountID, limit: Int = 500) async throws -> RemovedRows {
        try await store.write { try Self.removeAccount(id, limit: limit, in: $0) }
    }

    /// Tokens, sessions, idempotency keys and files that are over; finished jobs after their retention; runs, mails and
    /// removal logs of old.
    public func removeExpired(
        jobsFinishedBefore jobTime: Date, limit: Int = 500, at now: Date = Date()
    ) async throws -> Int {
        let day = now.addingTimeInterval(-24 * 3600)
        let quarter = now.addingTimeInterval(-90 * 24 * 3600)
        return try await store.write { transaction in
            // Before their sessions, which would take them along in any number.
            var removed = try transaction.run(
                """
                DELETE FROM refresh_tokens WHERE hash IN
                    (SELECT t.hash FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id
                    WHERE s.expires_at < $1 LIMIT $2)
                """, now, limit)
            for (table, key, condition, time) in [
                ("email_tokens", "hash", "expires_at < $1", day),
                ("sessions", "id", "expires_at < $1", now),
                ("access_tokens", "id", "expires_at < $1", day),
                ("idempotency_keys", "account_id, route, key", "created_at < $1", day),
                ("files", "id", "expires_at < $1", now),
                ("jobs", "id", "finished_at < $1", jobTime),
                ("schedule_runs", "job_id", "started_at < $1 AND finished_at IS NOT NULL", quarter),
                ("mails", "id", "created_at < $1 AND status <> 'queued'", quarter),
            ] where removed < limit {
                removed += try transaction.run(
                    "DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE \(condition) LIMIT $2)",
                    time, limit - removed)
            }
            return removed
        }
    }

    static func removeConversations(
        where condition: String, _ time: Date, limit: Int, in transaction: Transaction
    ) throws -> RemovedRows {
        let ids = try transaction.rows(
            """
            SELECT id FROM conversations c WHERE \(condition) AND NOT EXISTS
                (SELECT 1 FROM jobs j WHERE j.conversation_id = c.id AND j.finished_at IS NULL)
            LIMIT $2
            """, time, limit
        ) { try $0.id(0, ConversationIdentity.self) }
        return try remove(ids, limit: limit, in: transaction)
    }

    private static func removeAccount(
        _ account: AccountID, limit: Int, in transaction: Transaction
    ) throws -> RemovedRows {
        let ids = try transaction.rows(
            "SELECT id FROM conversations WHERE account_id = $1 LIMIT $2", account, limit
        ) { try $0.id(0, ConversationIdentity.self) }
        var removed = try remove(ids, limit: limit, in: transaction)
        for sql in [
            "DELETE FROM messages WHERE number IN (SELECT number FROM messages WHERE account_id = $1 AND role = 'user' LIMIT $2)",
            "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE account_id = $1 LIMIT $2)",
            "DELETE FROM idempotency_keys WHERE (account_id, route, key) IN (SELECT account_id, route, key FROM idempotency_keys WHERE account_id = $1 LIMIT $2)",
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE account_id = $1 LIMIT $2)",
            // The job that deletes the account is unfinished itself and stays, so that its owner can follow it.
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE account_id = $1 AND kind <> 'delete_account' LIMIT $2)",
        ] where removed.rows < limit {
            removed.rows += try transaction.run(sql, account, limit - removed.rows)
        }
        if removed.rows < limit {
            removed.accounts = try transaction.run("DELETE FROM accounts WHERE id = $1", account)
            removed.rows += removed.accounts
        }
        return removed
    }

    private static func remove(
        _ conversations: [ConversationID], limit: Int, in transaction: Transaction
    ) throws -> RemovedRows {
        var removed = RemovedRows()
        for id in conversations where removed.rows < limit {
            let messages = try transaction.run(
                """
                DELETE FROM messages WHERE number IN
                    (SELECT number FROM messages WHERE conversation_id = $1 ORDER BY position LIMIT $2)
                """, id, limit - removed.rows)
            removed.messages += messages
            removed.rows += messages
            guard removed.rows < limit else { break }
            try transaction.run("DELETE FROM jobs WHERE conversation_id = $1 AND finished_at IS NOT NULL", id)
            removed.conversations += try transaction.run("DELETE FROM conversations WHERE id = $1", id)
            removed.rows += 1
        }
        return removed
    }

    /// Removes one message and takes it out of its conversation's count.
    private static func removeMessage(_ number: Int64, in transaction: Transaction) throws {
        try transaction.run(
            """
            UPDATE conversations SET message_count = message_count - 1,
                active_leaf_id = CASE WHEN active_leaf_id = (SELECT id FROM messages WHERE number = $1)
                    THEN (SELECT parent_id FROM messages WHERE number = $1) ELSE active_leaf_id END
            WHERE id = (SELECT conversation_id FROM messages WHERE number = $1)
            """, number)
        try transaction.run("DELETE FROM messages WHERE number = $1", number)
    }
}

public import FoundationEssentials
public import Identifiers

/// The conversations of accounts; every call names the owner.
public struct Conversations: Sendable {
    let store: Store
}

extension Store {
    public var conversations: Conversations { Conversations(store: self) }
}

/// A conversation with a page of its messages.
public struct ConversationPage: Sendable {
    public var conversation: Conversation
    /// The newest page first, the oldest message first inside a page; all branches.
    public var messages: Page<Message>
}

extension Conversations {
    /// A page of the account's conversations, the last active first; `text` searches titles and messages.
    public func list(
        of account: AccountID, matching text: String? = nil, limit: Int = 50, cursor: String? = nil
    ) async throws -> Page<Conversation> {
        try await store.read { transaction in
            let key = Cursor(cursor, count: 2)
            let time = key?.integer(0) ?? Int64.max
            let id = key.map { String($0.values[1]) } ?? "~"
            let rows =
                if let text, !text.allSatisfy(\.isWhitespace) {
                    try Self.search(text, account: account, time: time, id: id, limit: limit + 1, in: transaction)
                } else {
                    try transaction.rows(
                        """
                        SELECT \(Conversation.columns) FROM conversations
                        WHERE account_id = $1 AND is_listed = 1 AND deleted_at IS NULL AND (updated_at, id) < ($2, $3)
                        ORDER BY updated_at DESC, id DESC LIMIT $4
                        """, account, time, id, limit + 1, read: Conversation.init)
                }
            return Page(reading: rows, limit: limit) { "\($0.updatedAt.unixMilliseconds).\($0.id)" }
        }
    }

    /// A living conversation of the account.
    public func find(_ id: ConversationID, of account: AccountID) async throws -> Conversation? {
        try await store.read { try Self.find(id, of: account, in: $0) }
    }

    /// A conversation whoever owns it: for the worker.
    public func find(_ id: ConversationID) async throws -> Conversation? {
        try await store.read {
            try $0.first(
                "SELECT \(Conversation.columns) FROM conversations WHERE id = $1 AND deleted_at IS NULL", id,
                read: Conversation.init)
        }
    }

    /// A conversation with a page of its messages in one read.
    public func page(
        of id: ConversationID, account: AccountID, limit: Int = 50, cursor: String? = nil
    ) async throws -> ConversationPage? {
        try await store.read { transaction in
            guard let conversation = try Self.find(id, of: account, in: transaction) else { return nil }
            let rows = try transaction.rows(
                """
                SELECT \(Message.columns) FROM messages m \(Message.joinedJobs)
                WHERE m.conversation_id = $1 AND m.position < $2 ORDER BY m.position DESC LIMIT $3
                """, id, Cursor(cursor, count: 1)?.integer(0) ?? Int64.max, limit + 1, read: Message.init)
            var page = Page(reading: rows, limit: limit) { "\($0.position)" }
            page.elements.reverse()
            return ConversationPage(conversation: conversation, messages: page)
        }
    }

    /// Gives a title that a person chose; no automatic one replaces it.
    public func rename(_ id: ConversationID, of account: AccountID, to title: String) async throws -> Conversation? {
        try await store.write {
            try $0.first(
                """
                UPDATE conversations SET title = $3, title_folded = $4, title_is_manual = 1, is_titled = 1
                WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL RETURNING \(Conversation.columns)
                """, id, account, title.asTitle, title.asTitle.folded, read: Conversation.init)
        }
    }

    /// Gives a title unless a person chose one; false when it was left as it is.
    public func setAutomaticTitle(_ title: String, of id: ConversationID) async throws -> Bool {
        try await store.write {
            try $0.run(
                """
                UPDATE conversations SET title = $2, title_folded = $3, is_titled = 1
                WHERE id = $1 AND title_is_manual = 0 AND deleted_at IS NULL
                """, id, title.asTitle, title.asTitle.folded) > 0
        }
    }

    /// Changes what is given, all of it or nothing. A leaf that is no message of the conversation is `nil`, like an unknown
    /// conversation.
    public func set(
        _ id: ConversationID, of account: AccountID, title: String? = nil, isPinned: Bool? = nil,
        isArchived: Bool? = nil, activeLeaf: MessageID? = nil
    ) async throws -> Conversation? {
        try await store.write {
            try $0.first(
                """
                UPDATE conversations SET is_pinned = COALESCE($3, is_pinned), is_archived = COALESCE($4, is_archived),
                    active_leaf_id = COALESCE($5, active_leaf_id), title = COALESCE($6, title),
                    title_folded = COALESCE($7, title_folded),
                    title_is_manual = CASE WHEN $6 IS NULL THEN title_is_manual ELSE 1 END,
                    is_titled = CASE WHEN $6 IS NULL THEN is_titled ELSE 1 END
                WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL
                    AND ($5 IS NULL OR EXISTS (SELECT 1 FROM messages WHERE id = $5 AND conversation_id = $1))
                RETURNING \(Conversation.columns)
                """, id, account, isPinned, isArchived, activeLeaf, title?.asTitle, title?.asTitle.folded,
                read: Conversation.init)
        }
    }

    /// Hides a conversation and asks for the end of its unfinished jobs, which are returned so that the caller can tell
    /// the queue. Nil when the account has no such conversation. `removal` is the job that removes it for good.
    public func delete(
        _ id: ConversationID, of account: AccountID, removal: NewTrackedJob? = nil, at now: Date = Date()
    ) async throws -> [TrackedJob]? {
        try await store.write { transaction -> [TrackedJob]? in
            let isDeleted =
                try transaction.run(
                    "UPDATE conversations SET deleted_at = $3 WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL",
                    id,
                    account, now) > 0
            guard isDeleted else { return nil }
            if let removal { _ = try JobRows.create(removal, at: now, in: transaction) }
            let jobs = try transaction.rows(
                "SELECT id FROM jobs WHERE conversation_id = $1 AND finished_at IS NULL", id
            ) { try $0.id(0, JobIdentity.self) }
            return try jobs.compactMap { try JobRows.requestCancel($0, at: now, in: transaction).job }
        }
    }

    /// Brings a deleted conversation back within `window`; nil when that is over or it was not deleted.
    public func restore(
        _ id: ConversationID, of account: AccountID, window: Duration = .seconds(30), at now: Date = Date()
    ) async throws -> Conversation? {
        try await store.write {
            try $0.first(
                """
                UPDATE conversations SET deleted_at = NULL
                WHERE id = $1 AND account_id = $2 AND deleted_at >= $3 RETURNING \(Conversation.columns)
                """, id, account, now.unixMilliseconds - window.milliseconds, read: Conversation.init)
        }
    }

    /// Removes at most `limit` rows of conversations deleted before a time; 0 when nothing is left. Callers loop.
    public func purge(deletedBefore time: Date, limit: Int = 500) async throws -> Int {
        try await store.write {
            try Housekeeping.removeConversations(
                where: "deleted_at IS NOT NULL AND deleted_at < $1", time, limit: limit, in: $0
            ).rows
        }
    }

    private static func find(
        _ id: ConversationID, of account: AccountID, in transaction: Transaction
    ) throws -> Conversation? {
        try transaction.first(
            "SELECT \(Conversation.columns) FROM conversations WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL",
            id, account, read: Conversation.init)
    }
}

extension Migration {
    /// Conversations and messages. Messages carry no foreign key: imports may leave rows without a conversation, and
    /// deletions go in bounded batches. `position` orders the messages of a conversation.
    static let chatTables = """
        CREATE TABLE conversations (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL,
            title TEXT NOT NULL,
            title_folded TEXT NOT NULL,
            title_is_manual INTEGER NOT NULL DEFAULT 0,
            is_titled INTEGER NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            message_count BIGINT NOT NULL DEFAULT 0,
            last_position BIGINT NOT NULL DEFAULT 0,
            last_message_preview TEXT NOT NULL DEFAULT '',
            is_pinned INTEGER NOT NULL DEFAULT 0,
            is_archived INTEGER NOT NULL DEFAULT 0,
            is_listed INTEGER NOT NULL DEFAULT 1,
            active_leaf_id TEXT,
            deleted_at BIGINT
        );
        CREATE INDEX conversations_listed ON conversations(account_id, updated_at, id)
            WHERE is_listed = 1 AND deleted_at IS NULL;
        CREATE INDEX conversations_of_account ON conversations(account_id);
        CREATE INDEX conversations_stale ON conversations(updated_at) WHERE is_pinned = 0;
        CREATE INDEX conversations_deleted ON conversations(deleted_at) WHERE deleted_at IS NOT NULL;

        CREATE TABLE messages (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            conversation_id TEXT,
            account_id TEXT NOT NULL,
            parent_id TEXT,
            position BIGINT NOT NULL,
            role TEXT NOT NULL,
            content TEXT NOT NULL,
            status TEXT NOT NULL,
            outcome TEXT,
            sources TEXT,
            usage TEXT,
            error TEXT,
            rating INTEGER NOT NULL DEFAULT 0,
            rating_comment TEXT,
            job_id TEXT,
            is_searchable INTEGER NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL
        );
        CREATE UNIQUE INDEX messages_of_conversation ON messages(conversation_id, position);
        CREATE INDEX messages_of_account ON messages(account_id, created_at, number) WHERE role = 'user';
        CREATE INDEX messages_without_conversation ON messages(number) WHERE conversation_id IS NULL;
        CREATE INDEX messages_by_time ON messages(created_at);
        CREATE INDEX messages_unfinished ON messages(created_at) WHERE status = 'queued';
        CREATE INDEX messages_by_parent ON messages(parent_id, position) WHERE parent_id IS NOT NULL;

        CREATE TABLE idempotency_keys (
            account_id TEXT NOT NULL,
            route TEXT NOT NULL,
            key TEXT NOT NULL,
            body_hash TEXT NOT NULL,
            job_id TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (account_id, route, key)
        );
        CREATE INDEX idempotency_keys_by_time ON idempotency_keys(created_at);
        """
}

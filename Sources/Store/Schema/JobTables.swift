extension Migration {
    /// Every job a person can see, and the outbox at the same time. `finished_at` is set exactly when the status is a
    /// terminal one, so `finished_at IS NULL` is "unfinished" in every partial index.
    static let jobTables = """
        CREATE TABLE jobs (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT,
            conversation_id TEXT,
            message_id TEXT,
            response_id TEXT,
            kind TEXT NOT NULL,
            queue TEXT NOT NULL,
            payload TEXT NOT NULL,
            status TEXT NOT NULL,
            stage TEXT,
            attempt INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL,
            fence BIGINT NOT NULL DEFAULT 0,
            version BIGINT NOT NULL,
            outcome TEXT,
            error TEXT,
            result TEXT,
            history TEXT NOT NULL DEFAULT '',
            partial_text TEXT,
            partial_event_id TEXT,
            unique_key TEXT,
            deadline BIGINT,
            next_attempt_at BIGINT,
            created_at BIGINT NOT NULL,
            started_at BIGINT,
            finished_at BIGINT
        );
        CREATE INDEX jobs_unfinished ON jobs(created_at, id) WHERE finished_at IS NULL;
        CREATE INDEX jobs_not_started ON jobs(deadline) WHERE finished_at IS NULL AND started_at IS NULL;
        CREATE UNIQUE INDEX jobs_busy_conversation ON jobs(conversation_id)
            WHERE kind = 'generate_answer' AND finished_at IS NULL;
        CREATE UNIQUE INDEX jobs_unique_key ON jobs(unique_key) WHERE unique_key IS NOT NULL AND finished_at IS NULL;
        CREATE INDEX jobs_unfinished_of_account ON jobs(account_id, kind) WHERE finished_at IS NULL;
        CREATE INDEX jobs_by_status ON jobs(status, id);
        CREATE INDEX jobs_finished ON jobs(finished_at) WHERE finished_at IS NOT NULL;
        CREATE INDEX jobs_of_conversation ON jobs(conversation_id) WHERE conversation_id IS NOT NULL;
        CREATE INDEX jobs_of_account ON jobs(account_id, id);
        """
}

extension Migration {
    /// Accounts, their sessions and credentials. Folded columns hold the text that is compared without case.
    static let accountTables = """
        CREATE TABLE accounts (
            id TEXT NOT NULL PRIMARY KEY,
            username TEXT NOT NULL,
            username_folded TEXT NOT NULL UNIQUE,
            email TEXT NOT NULL,
            email_folded TEXT NOT NULL UNIQUE,
            password_hash TEXT NOT NULL,
            is_verified INTEGER NOT NULL DEFAULT 0,
            is_admin INTEGER NOT NULL DEFAULT 0,
            is_active INTEGER NOT NULL DEFAULT 1,
            created_at BIGINT NOT NULL,
            last_login_at BIGINT,
            last_seen_at BIGINT
        );
        CREATE INDEX accounts_unverified ON accounts(created_at) WHERE is_verified = 0 AND is_admin = 0;
        CREATE INDEX accounts_admin ON accounts(id) WHERE is_admin = 1;

        CREATE TABLE sessions (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
            device TEXT NOT NULL,
            ip TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            last_seen_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            revoked_at BIGINT
        );
        CREATE INDEX sessions_of_account ON sessions(account_id, last_seen_at);
        CREATE INDEX sessions_by_expiry ON sessions(expires_at);

        CREATE TABLE refresh_tokens (
            hash TEXT NOT NULL PRIMARY KEY,
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL,
            used_at BIGINT
        );
        CREATE INDEX refresh_tokens_of_session ON refresh_tokens(session_id);

        CREATE TABLE access_tokens (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            hash TEXT NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT,
            last_used_at BIGINT
        );
        CREATE INDEX access_tokens_of_account ON access_tokens(account_id, id);
        CREATE INDEX access_tokens_by_expiry ON access_tokens(expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE email_tokens (
            hash TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
            purpose TEXT NOT NULL,
            email TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        );
        CREATE INDEX email_tokens_of_account ON email_tokens(account_id, purpose);
        CREATE INDEX email_tokens_by_expiry ON email_tokens(expires_at);

        CREATE TABLE mails (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT REFERENCES accounts(id) ON DELETE CASCADE,
            purpose TEXT NOT NULL,
            recipient TEXT NOT NULL,
            parameters TEXT NOT NULL,
            status TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            last_answer TEXT,
            job_id TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            sent_at BIGINT
        );
        CREATE INDEX mails_of_account ON mails(account_id, purpose, created_at);
        CREATE INDEX mails_by_time ON mails(created_at);
        CREATE INDEX mails_queued ON mails(job_id) WHERE status = 'queued';
        """
}

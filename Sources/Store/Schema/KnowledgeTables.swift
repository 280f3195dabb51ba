extension Migration {
    /// Documents, chunks with their vectors, and the log of changes that index replicas follow. Chunk numbers are never
    /// used twice, so a number names one chunk for ever.
    static let knowledgeTables = """
        CREATE TABLE documents (
            id TEXT NOT NULL PRIMARY KEY,
            title TEXT NOT NULL,
            source TEXT NOT NULL,
            content_type TEXT NOT NULL,
            content_hash TEXT NOT NULL,
            text TEXT,
            file_id TEXT,
            state TEXT NOT NULL,
            bytes BIGINT NOT NULL,
            chunk_count BIGINT NOT NULL DEFAULT 0,
            progress REAL NOT NULL DEFAULT 0,
            error TEXT,
            version BIGINT NOT NULL DEFAULT 1,
            job_id TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT
        );
        CREATE UNIQUE INDEX documents_content ON documents(content_hash) WHERE deleted_at IS NULL;
        CREATE INDEX documents_unfinished ON documents(job_id) WHERE state IN ('queued', 'processing');
        CREATE INDEX documents_by_source ON documents(source) WHERE deleted_at IS NULL;
        CREATE INDEX documents_deleted ON documents(deleted_at) WHERE deleted_at IS NOT NULL;

        CREATE TABLE chunks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id TEXT NOT NULL,
            ordinal BIGINT NOT NULL,
            heading TEXT NOT NULL,
            context TEXT NOT NULL,
            text TEXT NOT NULL,
            text_hash TEXT NOT NULL,
            start_offset BIGINT NOT NULL,
            end_offset BIGINT NOT NULL,
            tokens BIGINT NOT NULL,
            vector BLOB,
            version BIGINT NOT NULL
        );
        CREATE UNIQUE INDEX chunks_of_document ON chunks(document_id, ordinal);
        CREATE INDEX chunks_by_version ON chunks(version);
        CREATE INDEX chunks_without_vector ON chunks(document_id, ordinal) WHERE vector IS NULL;

        CREATE TABLE removed_chunks (
            chunk_id BIGINT NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL
        );
        CREATE INDEX removed_chunks_by_version ON removed_chunks(version);

        CREATE TABLE files (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT,
            name TEXT NOT NULL,
            content_type TEXT NOT NULL,
            content BLOB NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        );
        CREATE INDEX files_by_expiry ON files(expires_at);
        CREATE INDEX files_of_account ON files(account_id) WHERE account_id IS NOT NULL;
        """
}

public import FoundationEssentials
public import Identifiers

public struct Documents: Sendable {
    let store: Store
}

extension Store {
    public var documents: Documents { Documents(store: self) }
}

extension Documents {
    /// Writes a document with its file and its job in one transaction; the unique content hash decides between two.
    public func create(
        _ new: NewDocument, account: AccountID? = nil, at now: Date = Date()
    ) async throws -> DocumentCreation {
        try await store.write { transaction in
            let fileID: FileID? = if case .file = new.content { FileID.make() } else { nil }
            let text: String? = if case .text(let text) = new.content { text } else { nil }
            let bytes = if case .file(let data) = new.content { data.count } else { text?.utf8.count ?? 0 }
            let document = try transaction.first(
                """
                INSERT INTO documents (id, title, source, content_type, content_hash, text, file_id, state, bytes, job_id,
                    created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10, $10)
                ON CONFLICT DO NOTHING RETURNING \(Document.columns)
                """,
                new.id, new.title, new.source, new.contentType, new.contentHash, text, fileID, bytes, new.job.id, now,
                read: Document.init)
            guard let document else {
                let standing = try transaction.first(
                    "SELECT \(Document.columns) FROM documents WHERE content_hash = $1 AND deleted_at IS NULL",
                    new.contentHash, read: Document.init)
                guard let standing else { throw StoreError.constraint("document \(new.id) could not be written") }
                return .standing(standing)
            }
            if case .file(let data) = new.content, let fileID {
                try Files.insert(
                    fileID, account: account, name: new.source, contentType: new.contentType, content: data,
                    expiresAt: now.addingTimeInterval(24 * 3600), at: now, in: transaction)
            }
            return .created(document, try JobRows.create(new.job, at: now, in: transaction).job)
        }
    }

    /// A living document.
    public func find(_ id: DocumentID) async throws -> Document? {
        try await store.read {
            try $0.first(
                "SELECT \(Document.columns) FROM documents WHERE id = $1 AND deleted_at IS NULL", id,
                read: Document.init)
        }
    }

    /// The living document of a source, the newest when there are several.
    public func find(source: String) async throws -> Document? {
        try await store.read {
            try $0.first(
                """
                SELECT \(Document.columns) FROM documents WHERE source = $1 AND deleted_at IS NULL
                ORDER BY id DESC LIMIT 1
                """, source, read: Document.init)
        }
    }

    public func find(contentHash: String) async throws -> Document? {
        try await store.read {
            try $0.first(
                "SELECT \(Document.columns) FROM documents WHERE content_hash = $1 AND deleted_at IS NULL", contentHash,
                read: Document.init)
        }
    }

    /// The normalised text, or the text as given before it is ingested.
    public func text(of id: DocumentID) async throws -> String? {
        try await store.read {
            try $0.first("SELECT text FROM documents WHERE id = $1 AND deleted_at IS NULL", id) {
                $0.optionalText(0)
            } ?? nil
        }
    }

    /// A page of the documents, newest first.
    public func list(limit: Int = 50, cursor: String? = nil) async throws -> Page<Document> {
        try await store.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT \(Document.columns) FROM documents WHERE id < $1 AND deleted_at IS NULL
                ORDER BY id DESC LIMIT $2
                """, cursor ?? "~", limit + 1, read: Document.init)
            return Page(reading: rows, limit: limit) { $0.id.description }
        }
    }

    /// Notes what the ingest does with a document; false when it was deleted meanwhile.
    public func setState(
        _ state: DocumentState, of id: DocumentID, error: String? = nil, at now: Date = Date()
    ) async throws -> Bool {
        try await store.write {
            try $0.run(
                "UPDATE documents SET state = $2, error = $3, updated_at = $4 WHERE id = $1 AND deleted_at IS NULL", id,
                state.rawValue, error, now) > 0
        }
    }

    /// Gives an existing document new content to ingest, with the job for it: how a changed source is taken up. Nil when
    /// the document is gone or another one has the same content.
    public func replaceText(
        of id: DocumentID, with text: String, contentHash: String, job: NewTrackedJob, at now: Date = Date()
    ) async throws -> JobCreation? {
        try await store.write { transaction in
            let isUpdated =
                try transaction.run(
                    """
                    UPDATE documents SET text = $2, content_hash = $3, bytes = $4, state = 'queued', job_id = $5,
                        updated_at = $6
                    WHERE id = $1 AND deleted_at IS NULL AND NOT EXISTS
                        (SELECT 1 FROM documents WHERE content_hash = $3 AND deleted_at IS NULL AND id <> $1)
                    """, id, text, contentHash, text.utf8.count, job.id, now) > 0
            return isUpdated ? try JobRows.create(job, at: now, in: transaction) : nil
        }
    }

    /// Hides a document from lists and searches at once, and writes the job that removes it (`remove`). Nil when it is
    /// gone already.
    public func delete(
        _ id: DocumentID, job: NewTrackedJob, at now: Date = Date()
    ) async throws -> JobCreation? {
        try await store.write { transaction in
            let isHidden =
                try transaction.run(
                    "UPDATE documents SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL", id, now) > 0
            return isHidden ? try JobRows.create(job, at: now, in: transaction) : nil
        }
    }

    /// Removes at most `limit` chunks of a deleted document, and the document with its last one; returns how many rows
    /// went, 0 when nothing is left. Callers loop.
    public func remove(_ id: DocumentID, limit: Int = 500) async throws -> Int {
        try await store.write { transaction in
            guard try transaction.exists("SELECT 1 FROM documents WHERE id = $1 AND deleted_at IS NOT NULL", id) else {
                return 0
            }
            let removed = try Chunks.remove(of: id, limit: limit, in: transaction)
            if removed > 0 { return removed }
            let hidden = try Chunks.discardHidden(of: id, limit: limit, in: transaction)
            if hidden > 0 { return hidden }
            try transaction.run(
                "DELETE FROM files WHERE id = (SELECT file_id FROM documents WHERE id = $1)", id)
            return try transaction.run("DELETE FROM documents WHERE id = $1", id)
        }
    }

    /// How many documents there are by state, and how many chunks with and without vectors.
    public func counts() async throws -> KnowledgeCounts {
        try await store.read { try KnowledgeCounts(in: $0) }
    }
}

/// The size of the knowledge base.
public struct KnowledgeCounts: Sendable, Equatable, Codable {
    public var documents: Int
    public var ready: Int
    public var failed: Int
    public var chunks: Int
    public var chunksWithoutVector: Int

    init(in transaction: Transaction) throws {
        let states = try transaction.rows(
            "SELECT state, COUNT(*) FROM documents WHERE deleted_at IS NULL GROUP BY state"
        ) { (state: $0.text(0), count: $0.int(1)) }
        documents = states.reduce(0) { $0 + $1.count }
        ready = states.first { $0.state == DocumentState.ready.rawValue }?.count ?? 0
        failed = states.first { $0.state == DocumentState.failed.rawValue }?.count ?? 0
        chunks = try transaction.count("SELECT COUNT(*) FROM chunks")
        chunksWithoutVector = try transaction.count("SELECT COUNT(*) FROM chunks WHERE vector IS NULL")
    }
}

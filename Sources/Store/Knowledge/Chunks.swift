import FoundationEssentials
public import Identifiers

public struct Chunks: Sendable {
    let store: Store
}

extension Store {
    public var chunks: Chunks { Chunks(store: self) }
}

extension Chunks {
    /// Chunks of living documents that lack a vector, of one document or of any; in order of the document.
    public func withoutVector(of document: DocumentID? = nil, limit: Int = 64) async throws -> [Chunk] {
        try await store.read { transaction in
            guard let document else {
                return try transaction.rows(
                    """
                    SELECT \(Chunk.columns) FROM \(Chunk.source) WHERE c.vector IS NULL
                    ORDER BY c.document_id, c.ordinal LIMIT $1
                    """, limit, read: Chunk.init)
            }
            return try transaction.rows(
                """
                SELECT \(Chunk.columns) FROM \(Chunk.source) WHERE c.document_id = $1 AND c.vector IS NULL
                ORDER BY c.ordinal LIMIT $2
                """, document, limit, read: Chunk.init)
        }
    }

    /// A document that is ready but for vectors that some of its chunks lack. Those that are still being read have a job
    /// that sees to theirs.
    public func readyDocumentWithoutVectors() async throws -> DocumentID? {
        try await store.read {
            try $0.first(
                """
                SELECT c.document_id FROM \(Chunk.source)
                WHERE c.vector IS NULL AND d.state = 'ready' ORDER BY c.document_id, c.ordinal LIMIT 1
                """
            ) { try $0.id(0, DocumentIdentity.self) }
        }
    }

    /// Gives chunks their vectors. A chunk that went, or whose text is another by now, is left out.
    public func setVectors(_ vectors: [(chunk: ChunkID, textHash: String, vector: [Float])]) async throws {
        let vectors = vectors.map { (chunk: $0.chunk, textHash: $0.textHash, bytes: Data(floats: $0.vector)) }
        guard !vectors.isEmpty else { return }
        try await store.write { transaction in
            let version = try KnowledgeVersion.grow(in: transaction)
            var documents: Set<DocumentID> = []
            for item in vectors {
                let document = try transaction.first(
                    """
                    UPDATE chunks SET vector = $3, version = $4 WHERE id = $1 AND text_hash = $2 RETURNING document_id
                    """, item.chunk, item.textHash, item.bytes, version
                ) { DocumentID($0.text(0)) }
                // A chunk on its way out stands under no document's id.
                if let document = document ?? nil { documents.insert(document) }
            }
            for document in documents { _ = try Self.noteProgress(of: document, in: transaction) }
        }
    }

    /// Takes every vector away (another model, another signature); each batch of at most `limit` rows is one
    /// transaction. Returns how many went, 0 when none is left.
    public func clearVectors(limit: Int = 500) async throws -> Int {
        try await store.write { transaction in
            let version = try KnowledgeVersion.grow(in: transaction)
            return try transaction.run(
                """
                UPDATE chunks SET vector = NULL, version = $1
                WHERE id IN (SELECT id FROM chunks WHERE vector IS NOT NULL LIMIT $2)
                """, version, limit)
        }
    }

    /// Chunks of living documents by number, in the order asked for; those that went are left out.
    public func find(_ ids: [ChunkID]) async throws -> [Chunk] {
        try await store.read { transaction in
            try ids.compactMap { id in
                try transaction.first(
                    "SELECT \(Chunk.columns) FROM \(Chunk.source) WHERE c.id = $1", id, read: Chunk.init)
            }
        }
    }

    /// A chunk with up to `radius` chunks before and after it in its document, in order.
    public func neighbourhood(of id: ChunkID, radius: Int = 1) async throws -> [Chunk] {
        try await store.read {
            try $0.rows(
                """
                SELECT \(Chunk.columns) FROM chunks o
                    JOIN chunks c ON c.document_id = o.document_id
                        AND c.ordinal BETWEEN o.ordinal - $2 AND o.ordinal + $2
                    JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                WHERE o.id = $1 ORDER BY c.ordinal
                """, id, radius, read: Chunk.init)
        }
    }

    /// Every chunk of a living document in order, at most `limit`.
    public func list(of document: DocumentID, limit: Int = 10_000) async throws -> [Chunk] {
        try await store.read {
            try $0.rows(
                "SELECT \(Chunk.columns) FROM \(Chunk.source) WHERE c.document_id = $1 ORDER BY c.ordinal LIMIT $2",
                document, limit, read: Chunk.init)
        }
    }

    /// Removes at most `limit` chunks of a document and logs their numbers for the index replicas.
    static func remove(of document: DocumentID, limit: Int, in transaction: Transaction) throws -> Int {
        let ids = try transaction.rows(
            "SELECT id FROM chunks WHERE document_id = $1 ORDER BY ordinal LIMIT $2", document, limit
        ) { $0.integer(0) }
        guard !ids.isEmpty else { return 0 }
        let version = try KnowledgeVersion.grow(in: transaction)
        for id in ids {
            try transaction.run("DELETE FROM chunks WHERE id = $1", id)
            try logRemoval(of: id, version: version, in: transaction)
        }
        return ids.count
    }

    static func logRemoval(of id: ChunkID, version: Int64, in transaction: Transaction) throws {
        try transaction.run("INSERT INTO removed_chunks (chunk_id, version) VALUES ($1, $2)", id, version)
    }

    /// Counts the chunks without vectors and writes the document's progress.
    static func noteProgress(of document: DocumentID, in transaction: Transaction) throws -> Int {
        let lacking = try transaction.count(
            "SELECT COUNT(*) FROM chunks WHERE document_id = $1 AND vector IS NULL", document)
        try transaction.run(
            """
            UPDATE documents SET progress = CASE WHEN chunk_count = 0 THEN 1.0
                ELSE CAST(chunk_count - $2 AS REAL) / chunk_count END
            WHERE id = $1
            """, document, lacking)
        return lacking
    }
}

extension Data {
    /// The floats' bytes as the machine orders them.
    init(floats: [Float]) {
        self = floats.withUnsafeBytes { Data($0) }
    }
}

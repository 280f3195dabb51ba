import FoundationEssentials
public import Identifiers

/// What changed in the knowledge base after a version: what an index replica applies to catch up.
public struct KnowledgeChanges: Sendable {
    /// The version the replica has reached when it has applied this part.
    public var version: Int64
    /// Chunks of living documents that have vectors, to be put in or replaced.
    public var upserted: [(chunk: ChunkID, document: DocumentID, vector: [Float])]
    /// Chunks to be taken out; may name chunks the replica never had.
    public var removed: [ChunkID]
    /// Whether more parts follow: ask again with `version`.
    public var hasMore: Bool
}

/// The global version of the knowledge base: it grows with every change of a chunk, a vector or a document's life.
public struct KnowledgeVersion: Sendable {
    let store: Store
}

extension Store {
    public var knowledge: KnowledgeVersion { KnowledgeVersion(store: self) }
}

extension KnowledgeVersion {
    public func current() async throws -> Int64 {
        try await store.read { try Self.current(in: $0) }
    }

    /// The changes after a version, whole versions at a time: about `limit` rows, more when one change was larger.
    public func changes(since version: Int64, limit: Int = 4_096) async throws -> KnowledgeChanges {
        try await store.read { transaction in
            let current = try Self.current(in: transaction)
            let last = try Self.lastVersion(after: version, limit: limit, in: transaction) ?? current
            let upserted = try transaction.rows(
                """
                SELECT c.id, c.document_id, c.vector FROM chunks c
                    JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                WHERE c.version > $1 AND c.version <= $2 AND c.vector IS NOT NULL
                """, version, last
            ) { (chunk: $0.integer(0), document: try $0.id(1, DocumentIdentity.self), vector: $0.floats(2)) }
            let removed = try transaction.rows(
                """
                SELECT chunk_id FROM removed_chunks WHERE version > $1 AND version <= $2
                UNION ALL
                SELECT id FROM chunks WHERE version > $1 AND version <= $2 AND vector IS NULL
                """, version, last
            ) { $0.integer(0) }
            return KnowledgeChanges(version: last, upserted: upserted, removed: removed, hasMore: last < current)
        }
    }

    /// The version up to which about `limit` changes reach; nil when fewer are left.
    private static func lastVersion(
        after version: Int64, limit: Int, in transaction: Transaction
    ) throws -> Int64? {
        try transaction.first(
            """
            SELECT version FROM (
                SELECT version FROM chunks WHERE version > $1
                UNION ALL SELECT version FROM removed_chunks WHERE version > $1) AS changed
            ORDER BY version LIMIT 1 OFFSET $2
            """, version, limit
        ) { $0.integer(0) }
    }

    private static func current(in transaction: Transaction) throws -> Int64 {
        Int64(try transaction.count("SELECT value FROM counters WHERE name = 'knowledge'"))
    }

    /// Takes the next version. Concurrent writers take turns on the row, so versions become visible in order.
    static func grow(in transaction: Transaction) throws -> Int64 {
        let version = try transaction.first(
            "UPDATE counters SET value = value + 1 WHERE name = 'knowledge' RETURNING value"
        ) { $0.integer(0) }
        guard let version else { throw StoreError.unexpectedValue("the counter 'knowledge' is missing") }
        return version
    }
}

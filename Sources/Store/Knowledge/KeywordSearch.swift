import FoundationEssentials

/// A hit of the keyword leg.
public struct KeywordHit: Sendable, Equatable {
    public var chunk: ChunkID
    /// bm25 with its sign turned: greater is better.
    public var score: Double
}

/// Full-text search over chunks, SQLite's version (FTS5).
extension Chunks {
    /// The chunks that share words with a text, best first. Any input is safe; one without words finds nothing. Words of
    /// the title and headings weigh `contextWeight` times those of the text.
    public func search(
        _ text: String, limit: Int = 100, contextWeight: Double = 1.0
    ) async throws -> [KeywordHit] {
        guard let query = FullTextQuery(text).matchingAny else { return [] }
        return try await store.read {
            try $0.rows(
                """
                SELECT s.rowid, -bm25(chunk_search, $3, 1.0) AS score FROM chunk_search s
                    JOIN chunks c ON c.id = s.rowid
                    JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                WHERE chunk_search MATCH $1 ORDER BY score DESC, s.rowid LIMIT $2
                """, query, limit, contextWeight
            ) { KeywordHit(chunk: $0.integer(0), score: $0.real(1)) }
        }
    }
}

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
            // The best are chosen inside the index; only they are looked up. Some of them may belong to a document that is
            // on its way in or out, hence a few more than asked for.
            try $0.rows(
                """
                SELECT s.id, s.score FROM
                    (SELECT rowid AS id, -bm25(chunk_search, $3, 1.0) AS score FROM chunk_search
                    WHERE chunk_search MATCH $1 ORDER BY score DESC, rowid LIMIT $2 + 400) AS s
                    JOIN chunks c ON c.id = s.id
                    JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL
                ORDER BY s.score DESC, s.id LIMIT $2
                """, query, limit, contextWeight
            ) { KeywordHit(chunk: $0.integer(0), score: $0.real(1)) }
        }
    }
}

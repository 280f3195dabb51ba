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
        let words = FullTextQuery(text)
        guard !words.words.isEmpty else { return [] }
        return try await store.read { transaction in
            guard let query = try Self.tellingWords(of: words, in: transaction).matchingAny else { return [] }
            // The best are chosen inside the index; only they are looked up. Some of them may belong to a document that is
            // on its way in or out, hence a few more than asked for.
            return try transaction.rows(
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

    /// bm25 costs some 2 µs a row that matches, so in a large index the words that stand in very many chunks are left
    /// out: rare words first, as long as they match 5,000 rows together, and one word at least. Leaving them out hardly
    /// moves a score, for a word that is everywhere weighs almost nothing.
    private static func tellingWords(of query: FullTextQuery, in transaction: Transaction) throws -> FullTextQuery {
        let most = 5_000
        guard try transaction.count("SELECT COALESCE(MAX(id), 0) FROM chunks") > 4 * most else { return query }
        var counted: [(word: String, rows: Int)] = []
        for word in Set(query.words) {
            let rows = try transaction.count(
                "SELECT COUNT(*) FROM chunk_search WHERE chunk_search MATCH $1",
                FullTextQuery(words: [word]).matchingAny)
            counted.append((word, rows))
        }
        counted.sort { ($0.rows, $0.word) < ($1.rows, $1.word) }
        var kept: [String] = []
        var matched = 0
        for (word, rows) in counted where rows > 0 {
            matched += rows
            if matched > most, !kept.isEmpty { break }
            kept.append(word)
        }
        return FullTextQuery(words: kept)
    }
}

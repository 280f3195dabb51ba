public import FoundationEssentials
public import Identifiers

/// Replacing the chunks of a document, in transactions of bounded length: a book of 20,000 chunks never keeps other
/// writers waiting for seconds.
///
/// New chunks are put where no search sees them (under the document's id with a plus), then one short transaction makes
/// the exchange, in which the old ones are only set aside (under the id with a minus), and those go afterwards.
extension Chunks {
    /// Replaces the chunks of a document and notes its normalised text; chunks whose hash is among the old ones keep
    /// their number and vector. The document is searchable by keyword from now on: its state becomes ready. Searches see
    /// all of the old chunks or all of the new ones.
    ///
    /// Returns how many chunks still lack a vector; nil when the document was deleted meanwhile. Repeatable: what a call
    /// that died left behind is cleared by the next one.
    public func replace(
        of document: DocumentID, text: String, with chunks: [NewChunk], slice: Int = 500, at now: Date = Date()
    ) async throws -> Int? {
        try await clearHidden(of: document, slice: slice)
        guard let plan = try await plan(for: document, chunks) else { return nil }
        let inserted = plan.insertions
        for start in stride(from: 0, to: inserted.count, by: slice) {
            let part = inserted[start..<min(start + slice, inserted.count)]
            try await store.write { transaction in
                for ordinal in part {
                    try Self.insert(
                        chunks[ordinal], at: ordinal, under: Self.staging(document), version: 0, in: transaction)
                }
            }
        }
        let lacking = try await store.write { transaction in
            try Self.exchange(plan, of: document, text: text, with: chunks, at: now, in: transaction)
        }
        try await clearHidden(of: document, slice: slice)
        return lacking
    }

    private struct Plan {
        /// The document's version that the plan was made for.
        var version: Int
        /// Chunks that stay, with their new places.
        var kept: [(id: ChunkID, ordinal: Int)]
        /// Places of the chunks that are new.
        var insertions: [Int]
        var removed: [ChunkID]
    }

    private static func staging(_ document: DocumentID) -> String { "\(document)+" }
    private static func aside(_ document: DocumentID) -> String { "\(document)-" }

    private func plan(for document: DocumentID, _ chunks: [NewChunk]) async throws -> Plan? {
        try await store.read { transaction in
            let version = try transaction.first(
                "SELECT version FROM documents WHERE id = $1 AND deleted_at IS NULL", document
            ) { $0.int(0) }
            guard let version else { return nil }
            let old = try transaction.rows(
                "SELECT id, text_hash FROM chunks WHERE document_id = $1 ORDER BY ordinal DESC", document
            ) { (id: $0.integer(0), hash: $0.text(1)) }
            var standing: [String: [ChunkID]] = [:]
            for chunk in old { standing[chunk.hash, default: []].append(chunk.id) }
            var plan = Plan(version: version, kept: [], insertions: [], removed: [])
            for (ordinal, chunk) in chunks.enumerated() {
                if let id = standing[chunk.textHash]?.popLast() {
                    plan.kept.append((id, ordinal))
                } else {
                    plan.insertions.append(ordinal)
                }
            }
            plan.removed = Array(standing.values.joined())
            return plan
        }
    }

    private static func insert(
        _ chunk: NewChunk, at ordinal: Int, under owner: String, version: Int64, in transaction: Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO chunks (document_id, ordinal, heading, context, text, text_hash, start_offset, end_offset, tokens,
                version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, owner, ordinal, chunk.heading, chunk.context, chunk.text, chunk.textHash, chunk.startOffset,
            chunk.endOffset, chunk.tokens, version)
    }

    private static func exchange(
        _ plan: Plan, of document: DocumentID, text: String, with chunks: [NewChunk], at now: Date,
        in transaction: Transaction
    ) throws -> Int? {
        let found = try transaction.first(
            """
            UPDATE documents SET text = $2, state = 'ready', error = NULL, chunk_count = $3, version = version + 1,
                updated_at = $4
            WHERE id = $1 AND deleted_at IS NULL RETURNING version
            """, document, text, chunks.count, now
        ) { $0.int(0) }
        guard let found else { return nil }
        // Another exchange came between: this one's plan names chunks that may be gone. The job tries again.
        guard found == plan.version + 1 else { throw StoreError.busy }
        let version = try KnowledgeVersion.grow(in: transaction)
        // Ordinals are unique in a document: the old ones step aside below zero before the new ones are given.
        try transaction.run("UPDATE chunks SET ordinal = -1 - ordinal WHERE document_id = $1", document)
        for id in plan.removed {
            try transaction.run("UPDATE chunks SET document_id = $2 WHERE id = $1", id, aside(document))
            try logRemoval(of: id, version: version, in: transaction)
        }
        for (id, ordinal) in plan.kept {
            let chunk = chunks[ordinal]
            try transaction.run(
                """
                UPDATE chunks SET ordinal = $2, heading = $3, start_offset = $4, end_offset = $5, tokens = $6
                WHERE id = $1
                """, id, ordinal, chunk.heading, chunk.startOffset, chunk.endOffset, chunk.tokens)
        }
        try transaction.run(
            "UPDATE chunks SET document_id = $1, version = $3 WHERE document_id = $2", document, staging(document),
            version)
        try transaction.run("DELETE FROM files WHERE id = (SELECT file_id FROM documents WHERE id = $1)", document)
        try transaction.run("UPDATE documents SET file_id = NULL WHERE id = $1", document)
        return try noteProgress(of: document, in: transaction)
    }

    /// Removes what is out of sight: set aside, or staged by a call that died.
    private func clearHidden(of document: DocumentID, slice: Int) async throws {
        let hasAny = try await store.read {
            try $0.exists(
                "SELECT 1 FROM chunks WHERE document_id IN ($1, $2) LIMIT 1", Self.staging(document),
                Self.aside(document))
        }
        guard hasAny else { return }
        while try await store.write({ try Self.discardHidden(of: document, limit: slice, in: $0) }) > 0 {}
    }

    /// Removes at most `limit` chunks of a document that no search sees.
    static func discardHidden(of document: DocumentID, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.run(
            "DELETE FROM chunks WHERE id IN (SELECT id FROM chunks WHERE document_id IN ($1, $2) LIMIT $3)",
            staging(document), aside(document), limit)
    }
}

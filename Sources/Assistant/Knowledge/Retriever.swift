public import Store

/// What a search found.
public struct Retrieval: Sendable {
    /// Best first.
    public var passages: [Passage]
    /// What the gate decides by.
    public var evidence: Evidence
}

/// Finds the passages for a question: keywords (FTS5's bm25) and meaning (vectors), fused.
///
/// At most three chunks of a section are taken, and neighbours become one passage. Documents that are being deleted
/// are not found. While there are no vectors the keyword leg serves alone.
public struct Retriever: Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        case hybrid
        case vector
        case keyword
    }

    public struct Configuration: Sendable {
        public var fusion = Fusion()
        /// Hits taken from each leg.
        public var depth = 100
        public var chunksOfSection = 3
        /// What words of title and headings weigh against words of the text.
        public var contextWeight = 1.0

        public init() {}
    }

    private let store: Store
    private let index: KnowledgeIndex
    private let embedder: any Embedder
    private let configuration: Configuration

    public init(
        store: Store, index: KnowledgeIndex, embedder: any Embedder, configuration: Configuration = Configuration()
    ) {
        self.store = store
        self.index = index
        self.embedder = embedder
        self.configuration = configuration
    }

    public func retrieve(_ question: String, limit: Int = 8, mode: Mode = .hybrid) async throws -> Retrieval {
        let legs = try await search(question, mode: mode)
        let candidates = fuse(legs)
        // Some of the best may fall to the limit a section has, or into a neighbour.
        let chosen = Array(candidates.prefix(limit * 3))
        let chunks = try await store.chunks.find(chosen.map(\.chunk))
        let passages = PassageBuilder(chunksOfSection: configuration.chunksOfSection)
            .passages(from: chosen, chunks: chunks, limit: limit)
        let evidence = Evidence(
            similarities: legs.vector.map(\.score), words: QuestionWords(question).words, best: chunks.first)
        return Retrieval(passages: passages, evidence: evidence)
    }

    /// Chunks in the order of a mode, for the evaluation.
    package func rank(_ question: String, mode: Mode) async throws -> [(chunk: ChunkID, score: Double)] {
        fuse(try await search(question, mode: mode)).map { ($0.chunk, $0.score) }
    }

    private struct Legs {
        var keyword: [(chunk: ChunkID, score: Double)] = []
        var vector: [(chunk: ChunkID, score: Double)] = []
    }

    private func search(_ question: String, mode: Mode) async throws -> Legs {
        async let keyword = mode == .vector ? [] : keywordLeg(question)
        async let vector = mode == .keyword ? [] : vectorLeg(question)
        return Legs(keyword: try await keyword, vector: try await vector)
    }

    private func keywordLeg(_ question: String) async throws -> [(chunk: ChunkID, score: Double)] {
        let words = QuestionWords(question)
        return try await store.chunks
            .search(words.search, limit: configuration.depth, contextWeight: configuration.contextWeight)
            .map { ($0.chunk, $0.score) }
    }

    private func vectorLeg(_ question: String) async throws -> [(chunk: ChunkID, score: Double)] {
        try await index.synchronise()
        guard let query = try await embedder.embed([question], for: .question).first else { return [] }
        return try await index.search(query, limit: configuration.depth).map { ($0.chunk, Double($0.similarity)) }
    }

    private func fuse(_ legs: Legs) -> [Fusion.Candidate] {
        configuration.fusion.fuse(keyword: legs.keyword, vector: legs.vector)
    }
}

import Store

/// How well the knowledge base seems to know about a question.
public struct Evidence: Sendable, Equatable {
    /// The best cosine of any chunk; nil when no vectors were searched.
    public var similarity: Double?
    /// The share of the question's telling words that stand in the best chunk, from 0 to 1.
    public var coverage: Double

    init(question: String, candidates: [Fusion.Candidate], chunks: [Chunk]) {
        similarity = candidates.compactMap(\.similarity).max()
        coverage = 0
    }
}

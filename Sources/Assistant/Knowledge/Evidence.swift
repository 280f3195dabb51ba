import Store

/// How well the knowledge base seems to know about a question: what the gate decides by.
public struct Evidence: Sendable, Equatable {
    /// The cosine of the nearest chunk; nil when no vectors were searched.
    public var nearest: Double?
    /// The mean of the nearest chunk's cosine and of the nearest three's: a question that the documents answer is mostly
    /// talked about in more than one place. Nil when no vectors were searched.
    public var similarity: Double?
    /// How many telling words the question has.
    public var words: Int
    /// The share of them that stand in the best chunk or the headings above it, from 0 to 1.
    public var coverage: Double

    public init(nearest: Double?, similarity: Double?, words: Int, coverage: Double) {
        self.nearest = nearest
        self.similarity = similarity
        self.words = words
        self.coverage = coverage
    }

    /// - Parameter similarities: of the chunks found, best first.
    init(similarities: [Double], words: [String], best: Chunk?) {
        nearest = similarities.first
        similarity = similarities.first.map { first in
            let three = similarities.prefix(3)
            return (first + three.reduce(0, +) / Double(three.count)) / 2
        }
        self.words = words.count
        let text = best.map { "\($0.context) \($0.text)".lowercased() } ?? ""
        coverage = words.isEmpty ? 0 : Double(words.count { text.contains($0) }) / Double(words.count)
    }
}

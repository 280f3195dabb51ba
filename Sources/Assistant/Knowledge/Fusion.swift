import Store

/// Two ranked lists made one: scores scaled to 0…1 in each leg (min–max), then a weighted sum.
public struct Fusion: Sendable {
    /// The share of the vector leg; the keyword leg has the rest.
    public var denseWeight: Double

    public init(denseWeight: Double = 0.75) {
        self.denseWeight = denseWeight
    }

    /// A chunk of either leg.
    struct Candidate {
        var chunk: ChunkID
        var keywordScore: Double?
        var similarity: Double?
        var ranks: Passage.Ranks
        var score: Double
    }

    /// Best first; equal scores by chunk number, so that a search repeats itself. What a leg did not find has nothing
    /// from it, and a leg that found nothing leaves its share to the other.
    func fuse(
        keyword: [(chunk: ChunkID, score: Double)], vector: [(chunk: ChunkID, score: Double)]
    ) -> [Candidate] {
        var candidates: [ChunkID: Candidate] = [:]
        for (place, hit) in keyword.enumerated() {
            candidates[hit.chunk] = Candidate(
                chunk: hit.chunk, keywordScore: hit.score, similarity: nil,
                ranks: Passage.Ranks(keyword: place + 1), score: 0)
        }
        for (place, hit) in vector.enumerated() {
            var candidate =
                candidates[hit.chunk]
                ?? Candidate(chunk: hit.chunk, keywordScore: nil, similarity: nil, ranks: Passage.Ranks(), score: 0)
            candidate.similarity = hit.score
            candidate.ranks.vector = place + 1
            candidates[hit.chunk] = candidate
        }
        let keywordScale = Scale(candidates.values.compactMap(\.keywordScore))
        let vectorScale = Scale(candidates.values.compactMap(\.similarity))
        let weight = vector.isEmpty ? 0 : keyword.isEmpty ? 1 : denseWeight
        return candidates.values
            .map { candidate in
                var candidate = candidate
                candidate.score =
                    weight * vectorScale.scaled(candidate.similarity)
                    + (1 - weight) * keywordScale.scaled(candidate.keywordScore)
                return candidate
            }
            .sorted { ($0.score, $1.chunk) > ($1.score, $0.chunk) }
    }

    private struct Scale {
        private let low: Double
        private let width: Double

        init(_ values: [Double]) {
            low = values.min() ?? 0
            width = (values.max() ?? 0) - low
        }

        /// A leg that found nothing gives nothing; a single hit is the best one.
        func scaled(_ value: Double?) -> Double {
            guard let value else { return 0 }
            return width > 0 ? (value - low) / width : 1
        }
    }
}

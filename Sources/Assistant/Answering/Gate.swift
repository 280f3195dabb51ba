/// Decides whether the knowledge base knows enough about a question to answer it at all.
///
/// The numbers were chosen on a labelled set of 194 questions that its documents answer and 40 of a near subject that
/// they don't: 95 % of the first and 20 % of the second pass. The gate can't tell a right subject whose answer is missing.
public struct Gate: Sendable {
    /// What similarity and weighted coverage (see `Evidence`) must add up to.
    public var threshold: Double
    public var coverageWeight: Double
    /// The nearest chunk's similarity that is enough when every word of the question (two at least) stands in the best
    /// chunk: a small knowledge base may speak of a thing in one place only, and in other words around it.
    public var coveredSimilarity: Double
    /// Where there are no vectors yet: the coverage that is enough.
    public var keywordCoverage: Double

    public init(
        threshold: Double = 0.51, coverageWeight: Double = 0.15, coveredSimilarity: Double = 0.25,
        keywordCoverage: Double = 0.6
    ) {
        self.threshold = threshold
        self.coverageWeight = coverageWeight
        self.coveredSimilarity = coveredSimilarity
        self.keywordCoverage = keywordCoverage
    }

    public func admits(_ evidence: Evidence) -> Bool {
        guard let similarity = evidence.similarity, let nearest = evidence.nearest else {
            return evidence.coverage >= keywordCoverage
        }
        if evidence.words >= 2, evidence.coverage == 1, nearest >= coveredSimilarity { return true }
        return similarity + coverageWeight * evidence.coverage >= threshold
    }
}

/// Decides whether the knowledge base knows enough about a question to answer it at all.
public struct Gate: Sendable {
    /// The similarity from which a question passes.
    public var threshold: Double

    public init(threshold: Double = 0.45) {
        self.threshold = threshold
    }

    public func lets(_ evidence: Evidence) -> Bool {
        guard let similarity = evidence.similarity else { return evidence.coverage > 0 }
        return similarity >= threshold
    }
}

/// What an answer is doing.
public enum AnswerStage: String, Sendable {
    case retrieving
    case generating
}

/// What an answer tells while it comes into being, in this order: stages, the sources offered, deltas, the end.
public enum AnswerEvent: Sendable, Equatable {
    case stage(AnswerStage)
    /// The passages the answer may cite, numbered. The final sources are those in `finished`.
    case sources([Source])
    /// A piece of text to add to what came before.
    case delta(String)
    /// The finished answer. Its text may differ from the sum of the deltas where citations were put in order.
    case finished(FinishedAnswer)
}

/// An answer as it is saved.
public struct FinishedAnswer: Sendable, Equatable {
    public enum Outcome: String, Sendable, Codable {
        case answered
        case notInKnowledgeBase = "not_in_knowledge_base"
    }

    public var text: String
    public var outcome: Outcome
    /// Cited sources first, in the order of their numbers in the text; then those that were offered only.
    public var sources: [Source]
    public var usage: Usage

    public init(text: String, outcome: Outcome, sources: [Source], usage: Usage) {
        self.text = text
        self.outcome = outcome
        self.sources = sources
        self.usage = usage
    }
}

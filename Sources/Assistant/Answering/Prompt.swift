/// What a provider is asked: the rules, the numbered sources, the history that fits, the question.
public struct Prompt: Sendable {
    public var question: String
    /// The question as it was searched for; differs where a follow-up leans on the question before it.
    public var searchedQuestion: String
    public var history: [Turn]
    public var sources: [Source]
    /// A random tag that marks the sources as data: text in them can't close the delimiter.
    public var tag: String

    public init(question: String, searchedQuestion: String, history: [Turn], sources: [Source], tag: String) {
        self.question = question
        self.searchedQuestion = searchedQuestion
        self.history = history
        self.sources = sources
        self.tag = tag
    }
}

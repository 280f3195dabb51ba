public import Logging

/// Answers a question from the knowledge base: retrieve, gate, prompt, stream a provider, put the citations in order.
///
/// It neither loads nor saves: question and history come from the caller, events go to it.
public struct Answerer: Sendable {
    private let retriever: Retriever
    private let providers: [any Provider]
    private let gate: Gate
    private let logger: Logger
    /// Passages offered to a provider.
    private static let offered = 6

    public init(retriever: Retriever, providers: [any Provider], gate: Gate = Gate(), logger: Logger) {
        self.retriever = retriever
        self.providers = providers
        self.gate = gate
        self.logger = logger
    }

    /// The answer's events, ended by `finished` or by an error. Cancelling the consumer stops the work.
    public func answer(_ question: String, history: [Turn] = []) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await run(question, history) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func run(_ question: String, _ history: [Turn], _ emit: (AnswerEvent) -> Void) async throws {
        emit(.stage(.retrieving))
        let searched = FollowUp(question: question, history: history).searchedQuestion
        let retrieval = try await retriever.retrieve(searched, limit: Self.offered)
        try Task.checkCancellation()
        guard gate.admits(retrieval.evidence), !retrieval.passages.isEmpty else {
            let refusal = Refusal(nearest: retrieval.passages)
            for delta in Deltas(refusal.text) { emit(.delta(delta)) }
            emit(
                .finished(
                    FinishedAnswer(text: refusal.text, outcome: .notInKnowledgeBase, sources: [], usage: .none)))
            return
        }
        let sources = retrieval.passages.enumerated().map { Source($1, number: $0 + 1) }
        emit(.stage(.generating))
        emit(.sources(sources))
        let prompt = Prompt(
            question: question, searchedQuestion: searched, history: history, sources: sources)
        let (text, usage) = try await generate(prompt, emit)
        let cited = Citations.settle(text, sources: sources)
        emit(
            .finished(
                FinishedAnswer(text: cited.text, outcome: .answered, sources: cited.sources, usage: usage)))
    }

    private func generate(_ prompt: Prompt, _ emit: (AnswerEvent) -> Void) async throws -> (String, Usage) {
        guard let provider = providers.first else { throw AnswerError.noProvider }
        var text = ""
        var usage = Usage.none
        for try await event in provider.stream(prompt) {
            switch event {
            case .delta(let delta):
                text += delta
                emit(.delta(delta))
            case .usage(let final): usage = final
            }
        }
        try Task.checkCancellation()
        guard !text.isEmpty else { throw AnswerError.emptyAnswer(provider: provider.name) }
        return (text, usage)
    }
}

/// Why an answer could not be made.
public enum AnswerError: Error, Sendable, Equatable, CustomStringConvertible {
    case noProvider
    case emptyAnswer(provider: String)

    public var description: String {
        switch self {
        case .noProvider: "no provider is configured"
        case .emptyAnswer(let provider): "the provider \(provider) returned an empty answer"
        }
    }
}

extension Answerer {
    /// The finished answer alone.
    public func finished(_ question: String, history: [Turn] = []) async throws -> FinishedAnswer {
        for try await event in answer(question, history: history) {
            if case .finished(let answer) = event { return answer }
        }
        throw CancellationError()
    }
}

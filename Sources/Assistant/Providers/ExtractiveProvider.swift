/// Answers with the documents' own sentences, and says so: needs no key and no network.
///
/// The sentences nearest to the question are taken from the best passage, then from the next ones as far as theirs come
/// near as well; they stay whole, in the document's order, each once and with its citation.
public struct ExtractiveProvider: Provider {
    public static let name = "extractive"

    private static let introduction = "From the documents:"
    private let embedder: any Embedder

    public init(embedder: any Embedder) {
        self.embedder = embedder
    }

    public var name: String { Self.name }

    public func stream(_ prompt: Prompt) -> AsyncThrowingStream<ProviderEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    // At once, for choosing the sentences takes longer than finding the passages.
                    continuation.yield(.delta(Self.introduction))
                    var extract = try await Extract(question: prompt.searchedQuestion, embedder: embedder)
                    for source in prompt.sources.prefix(Extract.passages) {
                        guard let paragraph = try await extract.paragraph(from: source) else { continue }
                        for delta in Deltas("\n\n" + paragraph) { continuation.yield(.delta(delta)) }
                    }
                    continuation.yield(
                        .usage(Usage(promptTokens: 0, completionTokens: 0, model: Self.name, provider: Self.name)))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

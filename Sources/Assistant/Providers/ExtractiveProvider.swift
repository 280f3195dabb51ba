/// Answers with the documents' own sentences, and says so: needs no key and no network.
///
/// The sentences nearest to the question are taken from the best passage, then from the next; they stay whole, in the
/// document's order, each once and with its citation.
public struct ExtractiveProvider: Provider {
    public static let name = "extractive"

    private let embedder: any Embedder

    public init(embedder: any Embedder) {
        self.embedder = embedder
    }

    public var name: String { Self.name }

    public func stream(_ prompt: Prompt) -> AsyncThrowingStream<ProviderEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let extract = try await Extract(prompt, embedder: embedder)
                    for delta in Deltas(extract.text) { continuation.yield(.delta(delta)) }
                    continuation.yield(
                        .usage(
                            Usage(promptTokens: 0, completionTokens: 0, model: Self.name, provider: Self.name)))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

/// The sentences chosen for a prompt, as one text.
struct Extract {
    let text: String

    private static let introduction = "From the documents:"
    /// Passages looked at, and sentences taken in all.
    private static let passages = 3
    private static let sentences = 6

    init(_ prompt: Prompt, embedder: any Embedder) async throws {
        let candidates = prompt.sources.prefix(Self.passages).map { source in
            (source: source, sentences: SentenceSplitter.split(source.text).filter { !$0.hasPrefix("#") })
        }
        let flat = candidates.flatMap(\.sentences)
        let vectors = try await embedder.embed([prompt.searchedQuestion] + flat, for: .question)
        let scores = vectors.dropFirst().map { vector in zip(vector, vectors[0]).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        var lines: [String] = []
        var seen: Set<String> = []
        var first = 0
        for (source, sentences) in candidates {
            let own = sentences.indices.map { (index: $0, score: scores[first + $0]) }
            first += sentences.count
            let best = own.sorted { $0.score > $1.score }.prefix(3).map(\.index).sorted()
            let chosen = best.map { sentences[$0] }.filter { seen.insert($0.lowercased()).inserted }
            guard !chosen.isEmpty, lines.count < Self.sentences else { continue }
            lines.append(chosen.map { "\($0) [\(source.n)]" }.joined(separator: " "))
        }
        text = ([Self.introduction] + lines).joined(separator: "\n\n")
    }
}

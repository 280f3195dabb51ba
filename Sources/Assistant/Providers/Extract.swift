/// Chooses the sentences of an extractive answer, a passage at a time.
struct Extract {
    /// Passages looked at.
    static let passages = 3
    /// Sentences taken from the first passage and from each other one.
    private static let first = 4
    private static let others = 2
    /// What a sentence of another passage must reach of the best sentence's similarity so far.
    private static let nearness: Float = 0.75
    /// Sentences of a passage that are compared with the question.
    private static let compared = 24

    private let question: [Float]
    private let embedder: any Embedder
    private var best: Float?
    private var seen: Set<String> = []

    init(question: String, embedder: any Embedder) async throws {
        self.embedder = embedder
        self.question = try await embedder.embed([question], for: .question).first ?? []
    }

    /// The chosen sentences of a passage, each with its citation; nil when none comes near enough.
    mutating func paragraph(from source: Source) async throws -> String? {
        let sentences = SentenceSplitter.split(source.text).filter { !$0.hasPrefix("#") }.prefix(Self.compared)
            .map(Self.onOneLine)
        guard !sentences.isEmpty else { return nil }
        let vectors = try await embedder.embed(Array(sentences), for: .question)
        let scores = vectors.map { zip($0, question).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        let isFirst = best == nil
        let least = best.map { $0 * Self.nearness } ?? -1
        let ranked = zip(sentences.indices, scores).filter { $0.1 >= least }.sorted { $0.1 > $1.1 }
        let chosen = ranked.prefix(isFirst ? Self.first : Self.others).map(\.0).sorted()
            .filter { seen.insert(sentences[$0].lowercased()).inserted }
        best = max(best ?? -1, ranked.first?.1 ?? -1)
        guard !chosen.isEmpty else { return nil }
        return chosen.map { "\(Citations.escaped(sentences[$0])) [\(source.n)]" }.joined(separator: " ")
    }

    /// A wrapped sentence on one line; code keeps its lines.
    private static func onOneLine(_ sentence: String) -> String {
        sentence.contains("```") || sentence.contains("    ")
            ? sentence : sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

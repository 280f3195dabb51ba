public import Store

/// A passage as it is offered to a provider and saved with the answer, readable after a reindex or a deletion.
public struct Source: Sendable, Equatable, Codable {
    /// The number by which the text cites it, from 1.
    public var n: Int
    public var documentID: DocumentID
    public var documentVersion: Int
    public var passageID: ChunkID
    public var title: String
    public var heading: String
    /// The first words of the text, on one line.
    public var snippet: String
    public var score: Double
    public var text: String
    public var start: Int
    public var end: Int
    /// Whether the text cites it.
    public var isCited: Bool

    enum CodingKeys: String, CodingKey {
        case n
        case documentID = "document_id"
        case documentVersion = "document_version"
        case passageID = "passage_id"
        case title
        case heading
        case snippet
        case score
        case text
        case start
        case end
        case isCited = "cited"
    }

    public init(_ passage: Passage, number: Int) {
        n = number
        documentID = passage.documentID
        documentVersion = passage.documentVersion
        passageID = passage.chunkID
        title = passage.title
        heading = passage.heading
        snippet = Self.snippet(of: passage.text)
        score = (passage.score * 10_000).rounded() / 10_000
        text = passage.text
        start = passage.start
        end = passage.end
        isCited = false
    }

    private static func snippet(of text: String, limit: Int = 240) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.count > limit else { return line }
        let cut = line.prefix(limit)
        let word = cut.lastIndex(of: " ").map { cut[..<$0] } ?? cut
        return word + "…"
    }
}

public import Store

/// A chunk that a search found, with its neighbours of the same section merged into it.
public struct Passage: Sendable, Equatable {
    /// The place of the chunk in each leg, from 1; nil where the leg did not find it.
    public struct Ranks: Sendable, Equatable, Codable {
        public var keyword: Int?
        public var vector: Int?

        public init(keyword: Int? = nil, vector: Int? = nil) {
            self.keyword = keyword
            self.vector = vector
        }
    }

    public var chunkID: ChunkID
    public var documentID: DocumentID
    public var documentVersion: Int
    public var title: String
    /// The headings above the text, joined by " > "; empty at the top of a document.
    public var heading: String
    public var text: String
    /// Where the text lies in the document's normalised text, in UTF-8 bytes.
    public var start: Int
    public var end: Int
    /// The fused score, from 0 to 1 within one search.
    public var score: Double
    public var ranks: Ranks
    /// The cosine between question and chunk; nil when the chunk has no vector or the vector leg did not run.
    public var similarity: Double?

    public init(
        chunkID: ChunkID, documentID: DocumentID, documentVersion: Int, title: String, heading: String, text: String,
        start: Int, end: Int, score: Double, ranks: Ranks, similarity: Double?
    ) {
        self.chunkID = chunkID
        self.documentID = documentID
        self.documentVersion = documentVersion
        self.title = title
        self.heading = heading
        self.text = text
        self.start = start
        self.end = end
        self.score = score
        self.ranks = ranks
        self.similarity = similarity
    }
}

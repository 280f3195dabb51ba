public import Identifiers

/// A piece of a document as the chunker makes it.
public struct NewChunk: Sendable {
    public var heading: String
    /// `title > heading path`: indexed with the text, never shown as part of it.
    public var context: String
    public var text: String
    /// Of all that the vector is made from; a chunk with the same hash keeps its vector.
    public var textHash: String
    /// Unicode scalar offsets into the document's text.
    public var startOffset: Int
    public var endOffset: Int
    public var tokens: Int

    public init(
        heading: String, context: String, text: String, textHash: String, startOffset: Int, endOffset: Int, tokens: Int
    ) {
        self.heading = heading
        self.context = context
        self.text = text
        self.textHash = textHash
        self.startOffset = startOffset
        self.endOffset = endOffset
        self.tokens = tokens
    }
}

/// A stored chunk with what a passage needs of its document.
public struct Chunk: Sendable, Equatable {
    public var id: ChunkID
    public var documentID: DocumentID
    public var documentTitle: String
    public var documentVersion: Int
    /// Its place in the document, from 0 without gaps.
    public var ordinal: Int
    public var heading: String
    public var context: String
    public var text: String
    public var textHash: String
    public var startOffset: Int
    public var endOffset: Int
    public var tokens: Int

    /// To be selected from `chunks c JOIN documents d`.
    static let columns = """
        c.id, c.document_id, d.title, d.version, c.ordinal, c.heading, c.context, c.text, c.text_hash, \
        c.start_offset, c.end_offset, c.tokens
        """

    /// Chunks of living documents.
    static let source = "chunks c JOIN documents d ON d.id = c.document_id AND d.deleted_at IS NULL"

    init(_ row: SQLRow) throws {
        id = row.integer(0)
        documentID = try row.id(1)
        documentTitle = row.text(2)
        documentVersion = row.int(3)
        ordinal = row.int(4)
        heading = row.text(5)
        context = row.text(6)
        text = row.text(7)
        textHash = row.text(8)
        startOffset = row.int(9)
        endOffset = row.int(10)
        tokens = row.int(11)
    }
}

import Crypto
import Foundation
public import Identifiers
public import Logging
public import Store

/// Takes documents into the knowledge base: text to chunks, chunks to vectors. Every step is repeatable.
public struct Ingest: Sendable {
    /// Chunks embedded in one go; between two batches a cancelled job stops.
    private static let batch = 16

    private let store: Store
    private let embedder: any Embedder
    private let chunker: Chunker
    private let logger: Logger

    public init(store: Store, embedder: any Embedder, logger: Logger) {
        self.store = store
        self.embedder = embedder
        self.logger = logger
        chunker = Chunker { embedder.pieceCount(of: $0) }
    }

    /// Normalises the text of a document, cuts it and stores the chunks: it is searchable by keyword from then on.
    /// Chunks that stay the same keep their vectors. Returns how many lack one.
    ///
    /// - Throws: `IngestError`, for which another try is of no use.
    public func chunk(_ id: DocumentID) async throws -> Int {
        guard let document = try await store.documents.find(id) else { throw IngestError.noSuchDocument }
        let content = try await text(of: document)
        let text = TextNormaliser.normalise(content, strippingComments: document.contentType == "text/markdown")
        let pieces = chunker.chunks(of: text, title: document.title)
        guard !pieces.isEmpty else { throw IngestError.noText }
        let chunks = pieces.map { piece in
            NewChunk(
                heading: piece.heading, context: piece.context, text: piece.text,
                textHash: Self.hash("\(embedder.signature)\n\(piece.context)\n\(piece.text)"),
                startOffset: piece.start, endOffset: piece.end, tokens: piece.tokens)
        }
        guard let lacking = try await store.chunks.replace(of: id, text: text, with: chunks) else {
            throw IngestError.noSuchDocument
        }
        logger.info(
            "document chunked",
            metadata: ["document.id": "\(id)", "chunks": "\(chunks.count)", "chunks.pending": "\(lacking)"])
        return lacking
    }

    /// Gives the chunks of a document their vectors, in batches, and returns how many it embedded.
    ///
    /// - Parameter progress: told the number embedded so far after each batch.
    @discardableResult
    public func embed(_ id: DocumentID, progress: (Int) async throws -> Void = { _ in }) async throws -> Int {
        try await claimSignature()
        var embedded = 0
        while true {
            try Task.checkCancellation()
            let chunks = try await store.chunks.withoutVector(of: id, limit: Self.batch)
            guard !chunks.isEmpty else { return embedded }
            let vectors = try await embedder.embed(chunks.map { "\($0.context)\n\($0.text)" }, for: .passage)
            guard vectors.count == chunks.count, vectors.allSatisfy({ $0.count == embedder.dimension }) else {
                throw IngestError.unusableVectors
            }
            try await store.chunks.setVectors(zip(chunks, vectors).map { ($0.id, $0.textHash, $1) })
            embedded += chunks.count
            try await progress(embedded)
        }
    }

    /// Removes what is left of a deleted document, in bounded steps.
    public func remove(_ id: DocumentID) async throws {
        while try await store.documents.remove(id) > 0 { try Task.checkCancellation() }
    }

    /// Takes up a file of the machine when its content changed, writing the document and the job that ingests it in one
    /// transaction. Returns that job, to be enqueued; nil when there is nothing to do.
    public func refresh(
        file path: String, makeJob: @Sendable (DocumentID) throws -> NewTrackedJob
    ) async throws -> TrackedJob? {
        guard let data = FileManager.default.contents(atPath: path) else { throw IngestError.unreadable(path) }
        let text = TextNormaliser.normalise(String(decoding: data, as: UTF8.self))
        let hash = Self.hash(text)
        let source = path.split(separator: "/").last.map(String.init) ?? path
        guard let standing = try await store.documents.find(source: source) else {
            let id = DocumentID.make()
            let new = NewDocument(
                id: id, title: Outline(Array(text.utf8)).title ?? source, source: source, contentType: "text/plain",
                contentHash: hash, content: .text(text), job: try makeJob(id))
            guard case .created(_, let job) = try await store.documents.create(new) else { return nil }
            return job
        }
        guard standing.contentHash != hash else { return nil }
        let job = try makeJob(standing.id)
        guard
            case .created(let row) = try await store.documents.replaceText(
                of: standing.id, with: text, contentHash: hash, job: job)
        else { return nil }
        return row
    }

    /// The content hash by which the same document is known again.
    public static func hash(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }

    private func text(of document: Document) async throws -> String {
        if let file = document.fileID {
            guard let stored = try await store.files.find(file) else { throw IngestError.noSuchDocument }
            guard document.contentType.hasPrefix("text/plain") || document.contentType == "text/markdown" else {
                throw IngestError.unsupportedType(document.contentType)
            }
            return String(decoding: stored.content, as: UTF8.self)
        }
        guard let text = try await store.documents.text(of: document.id) else { throw IngestError.noSuchDocument }
        return text
    }

    /// Vectors of two embedders never meet: before the first one of a new embedder all others go.
    private func claimSignature() async throws {
        let key = KnowledgeIndex.signatureKey
        let stored = try await store.values.value(of: key)
        guard stored != embedder.signature else { return }
        if let stored {
            logger.notice(
                "embedder changed, all vectors are made anew",
                metadata: ["index.signature": "\(embedder.signature)", "store.signature": "\(stored)"])
            while try await store.chunks.clearVectors() > 0 { try Task.checkCancellation() }
        }
        try await store.values.set(key, to: embedder.signature)
    }
}

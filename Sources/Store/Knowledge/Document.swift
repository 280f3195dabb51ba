public import FoundationEssentials
public import Identifiers

public enum DocumentState: String, Sendable, CaseIterable {
    case queued
    case processing
    case ready
    case failed
}

/// A document of the knowledge base, without its text.
public struct Document: Sendable, Equatable {
    public var id: DocumentID
    public var title: String
    /// Where it came from: a file name, or a path such as `knowledge_base.txt`.
    public var source: String
    public var contentType: String
    public var contentHash: String
    /// The uploaded file, as long as it is not ingested.
    public var fileID: FileID?
    public var state: DocumentState
    public var bytes: Int
    public var chunkCount: Int
    /// From 0 to 1: the share of chunks that have their vectors.
    public var progress: Double
    public var error: String?
    /// Grows with each replacement of the chunks.
    public var version: Int
    public var jobID: JobID?
    public var createdAt: Date
    public var updatedAt: Date

    static let columns = """
        id, title, source, content_type, content_hash, file_id, state, bytes, chunk_count, progress, error, version, \
        job_id, created_at, updated_at
        """

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        title = row.text(1)
        source = row.text(2)
        contentType = row.text(3)
        contentHash = row.text(4)
        fileID = try row.optionalID(5)
        state = try row.value(6)
        bytes = row.int(7)
        chunkCount = row.int(8)
        progress = row.real(9)
        error = row.optionalText(10)
        version = row.int(11)
        jobID = try row.optionalID(12)
        createdAt = row.date(13)
        updatedAt = row.date(14)
    }
}

/// A document to be ingested: its text, or its file, with the job that does it.
public struct NewDocument: Sendable {
    public enum Content: Sendable {
        case text(String)
        case file(Data)
    }

    public var id: DocumentID
    public var title: String
    public var source: String
    public var contentType: String
    /// Of the content as given; the same content is not stored twice.
    public var contentHash: String
    public var content: Content
    public var job: NewTrackedJob

    public init(
        id: DocumentID = .make(), title: String, source: String, contentType: String, contentHash: String,
        content: Content, job: NewTrackedJob
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.contentType = contentType
        self.contentHash = contentHash
        self.content = content
        self.job = job
    }
}

/// How the writing of a document ended.
public enum DocumentCreation: Sendable {
    case created(Document, TrackedJob)
    /// A living document has the same content.
    case standing(Document)
}

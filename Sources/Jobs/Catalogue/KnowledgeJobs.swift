public import Queue

/// Reads a document's text and cuts it into chunks; searchable by keyword when it has ended.
public struct IngestDocument: Job {
    public static let kind = "ingest_document"
    public static let policy = JobPolicy(queue: JobQueues.ingestion, maximumAttempts: 5, timeLimit: .seconds(600))

    public var documentID: String

    public init(documentID: String) {
        self.documentID = documentID
    }

    enum CodingKeys: String, CodingKey {
        case documentID = "document_id"
    }
}

/// Gives the chunks of a document their vectors; searchable by meaning when it has ended.
public struct EmbedChunks: Job {
    public static let kind = "embed_chunks"
    public static let policy = JobPolicy(queue: JobQueues.embedding, maximumAttempts: 5, timeLimit: .seconds(600))

    public var documentID: String

    public init(documentID: String) {
        self.documentID = documentID
    }

    enum CodingKeys: String, CodingKey {
        case documentID = "document_id"
    }
}

/// Removes the chunks and vectors of a document that is hidden from search already.
public struct DeleteDocument: Job {
    public static let kind = "delete_document"
    public static let policy = JobPolicy(queue: JobQueues.ingestion, maximumAttempts: 5, timeLimit: .seconds(600))

    public var documentID: String

    public init(documentID: String) {
        self.documentID = documentID
    }

    enum CodingKeys: String, CodingKey {
        case documentID = "document_id"
    }
}

/// Ingests the file of the built-in knowledge base again when its content changed.
public struct RefreshKnowledge: Job {
    public static let kind = "refresh_knowledge"
    public static let policy = JobPolicy(
        queue: JobQueues.maintenance, maximumAttempts: 3, timeLimit: .seconds(3600),
        backoff: .steps(.seconds(60), .seconds(300)))

    public init() {}
}

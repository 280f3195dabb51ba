import Assistant
import Foundation
import Identifiers
import Logging
import Store
import TestSupport

/// Files of the source tree.
enum SourceTree {
    static func path(_ name: String) -> String {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath()
        return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: name).path()
    }
}

/// The real model, opened once for all tests.
enum Model {
    static let shared = Result { try EmbeddingModel(path: SourceTree.path("Resources/minilm-l6-v2.int8.bin")) }

    static func embedder() throws -> EmbeddedEmbedder { EmbeddedEmbedder(model: try shared.get()) }
}

/// A Store in a folder of its own with the real pipeline on it.
final class Workshop: Sendable {
    let folder: TemporaryDirectory
    let store: Store
    let knowledge: KnowledgeBase

    init(
        embedder: (any Embedder)? = nil, configuration: KnowledgeBase.Configuration = KnowledgeBase.Configuration()
    ) async throws {
        folder = try TemporaryDirectory()
        store = try Store.open(path: "\(folder.path)/tern.sqlite3", synchronous: .normal)
        try await store.migrate()
        knowledge = try KnowledgeBase(
            store: store, embedder: try embedder ?? Model.embedder(), configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func job() -> NewTrackedJob {
        NewTrackedJob(kind: "ingest_document", queue: "ingestion", payload: "{}", maximumAttempts: 1)
    }

    /// A document, chunked and embedded.
    @discardableResult
    func add(_ text: String, title: String, isEmbedded: Bool = true) async throws -> DocumentID {
        let id = DocumentID.make()
        _ = try await store.documents.create(
            NewDocument(
                id: id, title: title, source: title, contentType: "text/plain", contentHash: Ingest.hash(text),
                content: .text(text), job: Self.job()))
        _ = try await knowledge.ingest.chunk(id)
        if isEmbedded { try await knowledge.ingest.embed(id) }
        return id
    }
}

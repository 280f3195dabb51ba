import Assistant
import Identifiers
package import Jobs
package import Queue
import Store

/// Cuts a document into chunks, then orders the job that embeds them.
package struct IngestDocumentHandler: Sendable {
    let run: TrackedRun
    let knowledge: Knowledge

    package init(run: TrackedRun, knowledge: Knowledge) {
        self.run = run
        self.knowledge = knowledge
    }

    package func handle(_ job: IngestDocument, _ attempt: Attempt) async throws {
        try await run(attempt) { row in
            guard let id = DocumentID(job.documentID),
                try await run.store.documents.setState(.processing, of: id)
            else { return nil }
            let lacking: Int
            do { lacking = try await knowledge.parts().ingest.chunk(id) } catch IngestError.noSuchDocument {
                return nil
            } catch let error as IngestError {
                _ = try await run.store.documents.setState(.failed, of: id, error: error.description)
                throw Unrecoverable(error.description, code: "document_unreadable")
            }
            if lacking > 0 { try await run.orderEmbedding(of: id, account: row.accountID) }
            return #"{"chunks_pending":\#(lacking)}"#
        }
    }
}

/// Gives the chunks of a document their vectors, batch by batch; each batch counts, so a retry goes on where it was.
package struct EmbedChunksHandler: Sendable {
    let run: TrackedRun
    let knowledge: Knowledge

    package init(run: TrackedRun, knowledge: Knowledge) {
        self.run = run
        self.knowledge = knowledge
    }

    package func handle(_ job: EmbedChunks, _ attempt: Attempt) async throws {
        try await run(attempt) { _ in
            guard let id = DocumentID(job.documentID) else { return nil }
            let count = try await knowledge.parts().ingest.embed(id)
            try await run.orderMissingVectors()
            return #"{"chunks_embedded":\#(count)}"#
        }
    }
}

/// Removes what is left of a document that is hidden already.
package struct DeleteDocumentHandler: Sendable {
    let run: TrackedRun

    package init(run: TrackedRun) {
        self.run = run
    }

    package func handle(_ job: DeleteDocument, _ attempt: Attempt) async throws {
        try await run(attempt) { _ in
            guard let id = DocumentID(job.documentID) else { return nil }
            var removed = 0
            while true {
                try Task.checkCancellation()
                let batch = try await run.store.documents.remove(id)
                guard batch > 0 else { return #"{"deleted":\#(removed)}"# }
                removed += batch
            }
        }
    }
}

extension TrackedRun {
    /// Writes and enqueues the job that embeds a document, unless one waits already.
    func orderEmbedding(of id: DocumentID, account: AccountID?) async throws {
        let creation = try await store.jobs.create(
            try NewTrackedJob(
                EmbedChunks(documentID: id.description), account: account, uniqueKey: "\(EmbedChunks.kind):\(id)"))
        if creation.isNew { await enqueue(creation.job) }
    }

    /// Orders the embedding of a document that lacks vectors, if there is one: after a change of the encoder all do, and
    /// nobody else asks for them. Each embedding orders the next, so that one at a time goes on until none is left.
    func orderMissingVectors() async throws {
        guard let document = try await store.chunks.readyDocumentWithoutVectors() else { return }
        try await orderEmbedding(of: document, account: nil)
    }
}

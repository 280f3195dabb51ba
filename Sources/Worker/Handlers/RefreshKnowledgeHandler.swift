import Assistant
import FoundationEssentials
import Identifiers
package import Jobs
package import Queue
import ServiceLifecycle
import Store

/// Takes up the file of the built-in knowledge base when its content changed, and orders what is missing of vectors.
package struct RefreshKnowledgeHandler: Sendable {
    let run: TrackedRun
    let knowledge: Knowledge
    /// `knowledge_base.txt`; where there is none, nothing happens.
    let file: String

    package init(run: TrackedRun, knowledge: Knowledge, file: String) {
        self.run = run
        self.knowledge = knowledge
        self.file = file
    }

    package func handle(_: RefreshKnowledge, _ attempt: Attempt) async throws {
        try await run(attempt) { row in
            let isOrdered = try await refresh()
            try await run.store.schedules.log(isOrdered ? "changed, ingest ordered\n" : "unchanged\n", of: row.id)
            return #"{"changed":\#(isOrdered)}"#
        }
    }

    /// Orders the ingest of the file if it changed; any number of workers may do this at once.
    package func refresh() async throws -> Bool {
        try await run.orderMissingVectors()
        guard try await hasChanged() else { return false }
        let job = try await knowledge.parts().ingest.refresh(file: file) { id in
            try NewTrackedJob(IngestDocument(documentID: id.description))
        }
        guard let job else { return false }
        await run.enqueue(job)
        return true
    }

    /// Whether the file says something else than its document; asked before the encoder is loaded for it.
    private func hasChanged() async throws -> Bool {
        guard let data = FileManager.default.contents(atPath: file) else { return false }
        let hash = Ingest.hash(TextNormaliser.normalise(String(decoding: data, as: UTF8.self)))
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return try await run.store.documents.find(source: name)?.contentHash != hash
    }
}

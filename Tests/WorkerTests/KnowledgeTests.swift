import Assistant
import Foundation
import Identifiers
import Jobs
import Queue
import Redis
import Store
import TestSupport
import Testing
import Worker

@Suite struct KnowledgeTests {
    /// Vectors of words by their hash: near when texts share words, quick, and no model file.
    struct WordEmbedder: Embedder {
        var signature = "words-1"
        let dimension = 64

        func embed(_ texts: [String], for purpose: EmbeddingPurpose) async throws -> [[Float]] {
            texts.map { text in
                var vector = [Float](repeating: 0.01, count: dimension)
                for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
                    vector[word.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % dimension] += 1
                }
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return vector.map { $0 / length }
            }
        }

        func pieceCount(of text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }
    }

    private struct Library {
        let fixture: Fixture
        let knowledge: Knowledge
        let file: String

        init() async throws {
            let fixture = try await Fixture()
            self.init(
                fixture: fixture,
                knowledge: Knowledge(
                    store: fixture.store, providers: ["extractive"], logger: fixture.logger,
                    makeEmbedder: { WordEmbedder() }),
                file: fixture.folder.file("knowledge_base.txt"))
        }

        init(fixture: Fixture, knowledge: Knowledge, file: String) {
            self.fixture = fixture
            self.knowledge = knowledge
            self.file = file
        }

        var refresh: RefreshKnowledgeHandler {
            RefreshKnowledgeHandler(run: fixture.run, knowledge: knowledge, file: file)
        }

        /// Runs the unfinished jobs of ingest and embedding as a worker would, until none is left.
        func work() async throws {
            while true {
                let rows = try await fixture.store.jobs.list(JobFilter(statuses: [.queued, .failed])).elements
                    .filter { !$0.status.isTerminal }
                guard let row = rows.first else { return }
                let payload = Array(row.payload.utf8)
                let attempt = fixture.attempt(row)
                switch row.kind {
                case IngestDocument.kind:
                    try await IngestDocumentHandler(run: fixture.run, knowledge: knowledge)
                        .handle(.decoded(payload: payload), attempt)
                case EmbedChunks.kind:
                    try await EmbedChunksHandler(run: fixture.run, knowledge: knowledge)
                        .handle(.decoded(payload: payload), attempt)
                case DeleteDocument.kind:
                    try await DeleteDocumentHandler(run: fixture.run).handle(.decoded(payload: payload), attempt)
                default: throw Unexpected("a job of kind \(row.kind)")
                }
            }
        }
    }

    @Test func `the file is read, cut and embedded when it appears, and again only when it changed`() async throws {
        let library = try await Library()
        #expect(try await !library.refresh.refresh())
        try library.fixture.folder.write(
            "# Terns\n\nThe Arctic tern flies from pole to pole.\n", to: "knowledge_base.txt")
        #expect(try await library.refresh.refresh())
        try await library.work()
        let document = try #require(try await library.fixture.store.documents.find(source: "knowledge_base.txt"))
        #expect(document.state == .ready && document.chunkCount == 1 && document.progress == 1)

        #expect(try await !library.refresh.refresh())
        try library.fixture.folder.write("# Gulls\n\nGulls eat chips.\n", to: "knowledge_base.txt")
        #expect(try await library.refresh.refresh())
        try await library.work()
        let found = try await library.knowledge.parts().retriever.retrieve("What do gulls eat?")
        #expect(found.passages.first?.text.contains("chips") == true)
        #expect(try await library.fixture.store.documents.counts().documents == 1)
    }

    @Test func `workers that start together take the file up once`() async throws {
        let library = try await Library()
        try library.fixture.folder.write("Terns are birds.", to: "knowledge_base.txt")
        let ordered = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...8 { group.addTask { try await library.refresh.refresh() } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(ordered == 1)
        #expect(try await library.fixture.store.jobs.list().elements.count == 1)
    }

    @Test func `the entry of the timetable tells whether it changed`() async throws {
        let library = try await Library()
        try library.fixture.folder.write("Terns are birds.", to: "knowledge_base.txt")
        for expected in [#"{"changed":true}"#, #"{"changed":false}"#] {
            let job = try await library.fixture.create(RefreshKnowledge())
            try await library.refresh.handle(RefreshKnowledge(), library.fixture.attempt(job))
            #expect(try await library.fixture.found(job).result == expected)
        }
    }

    @Test func `a document without text fails at once, in words`() async throws {
        let library = try await Library()
        let id = DocumentID.make()
        let work = IngestDocument(documentID: id.description)
        let creation = try await library.fixture.store.documents.create(
            NewDocument(
                id: id, title: "Empty", source: "empty.txt", contentType: "text/plain", contentHash: "e",
                content: .text(" \n "), job: try library.fixture.row(work)))
        guard case .created(_, let job) = creation else { throw Unexpected("\(creation)") }
        let handler = IngestDocumentHandler(run: library.fixture.run, knowledge: library.knowledge)
        let error = await #expect(throws: Unrecoverable.self) {
            try await handler.handle(work, library.fixture.attempt(job))
        }
        #expect(error?.failureCode == "document_unreadable")
        let document = try #require(try await library.fixture.store.documents.find(id))
        #expect(document.state == .failed && document.error == "the document has no text")
    }

    @Test func `after a change of the encoder every document is embedded anew`() async throws {
        let library = try await Library()
        let store = library.fixture.store
        for number in 1...3 {
            let id = DocumentID.make()
            let work = IngestDocument(documentID: id.description)
            _ = try await store.documents.create(
                NewDocument(
                    id: id, title: "Note \(number)", source: "\(number).txt", contentType: "text/plain",
                    contentHash: "\(number)", content: .text("Note number \(number)."),
                    job: try library.fixture.row(work)))
        }
        try await library.work()
        #expect(try await store.documents.counts().chunksWithoutVector == 0)

        let other = Library(
            fixture: library.fixture,
            knowledge: Knowledge(
                store: store, providers: ["extractive"], logger: library.fixture.logger,
                makeEmbedder: { WordEmbedder(signature: "words-2") }),
            file: library.file)
        try library.fixture.folder.write("Terns are birds.", to: "knowledge_base.txt")
        _ = try await other.refresh.refresh()
        try await other.work()
        let counts = try await store.documents.counts()
        #expect(counts.chunks == 4 && counts.chunksWithoutVector == 0)
        let found = try await other.knowledge.parts().retriever.retrieve("note number", mode: .vector)
        #expect(!found.passages.isEmpty)
    }

    @Test func `a document that can't be read keeps no other from its vectors`() async throws {
        let library = try await Library()
        let store = library.fixture.store
        // Ids grow with time: the first comes first.
        let ids = [DocumentID.make(), .make()].sorted { $0.description < $1.description }
        for (number, id) in ids.enumerated() {
            _ = try await store.documents.create(
                NewDocument(
                    id: id, title: "Note", source: "\(number).txt", contentType: "text/plain", contentHash: "\(number)",
                    content: .text("Note number \(number)."),
                    job: try library.fixture.row(IngestDocument(documentID: id.description))))
        }
        try await library.work()
        for id in ids {
            _ = try await store.chunks.replace(
                of: id, text: "Other text",
                with: [
                    NewChunk(
                        heading: "", context: "", text: "Other text", textHash: "other \(id)", startOffset: 0,
                        endOffset: 10, tokens: 2)
                ])
        }
        _ = try await store.documents.setState(.failed, of: ids[0], error: "unreadable")
        _ = try await store.documents.setState(.ready, of: ids[1])
        #expect(try await store.chunks.readyDocumentWithoutVectors() == ids[1])
        // What the end of any embedding does.
        _ = try await library.fixture.create(EmbedChunks(documentID: DocumentID.make().description))
        try await library.work()
        #expect(try await store.chunks.readyDocumentWithoutVectors() == nil)
        #expect(try await store.chunks.withoutVector().map(\.documentID) == [ids[0]])
    }

    @Test func `a deleted document leaves nothing, and jobs for it only end`() async throws {
        let library = try await Library()
        let store = library.fixture.store
        try library.fixture.folder.write("Terns are birds.", to: "knowledge_base.txt")
        _ = try await library.refresh.refresh()
        try await library.work()
        let id = try #require(try await store.documents.find(source: "knowledge_base.txt")).id
        let work = DeleteDocument(documentID: id.description)
        _ = try await store.documents.delete(id, job: try library.fixture.row(work))
        _ = try await library.fixture.create(IngestDocument(documentID: id.description))
        _ = try await library.fixture.create(EmbedChunks(documentID: id.description))
        try await library.work()
        let counts = try await store.documents.counts()
        #expect(counts.documents == 0 && counts.chunks == 0)
        #expect(try await store.jobs.list().elements.allSatisfy { $0.status == .succeeded })
    }

    @Test func `a search is answered through the queue`() async throws {
        let library = try await Library()
        let fixture = library.fixture
        try fixture.folder.write("Terns are birds of the sea.", to: "knowledge_base.txt")
        _ = try await library.refresh.refresh()
        try await library.work()
        let address = try RedisAddress(parsing: fixture.server.url)
        let replies = Replies(redis: fixture.redis, namespace: fixture.namespace)
        let search = SearchKnowledgeHandler(knowledge: library.knowledge, replies: replies, logger: fixture.logger)
        var handlers = Handlers()
        handlers.on(SearchKnowledge.self) { try await search.handle($0, $1) }
        let runner = JobRunner(
            address: address, namespace: fixture.namespace, handlers: handlers,
            configuration: .init(queues: [QueueWeight(JobQueues.answers)], concurrency: 2), logger: fixture.logger)
        let running = Task { try await runner.run() }
        let doorbell = Doorbell(address, namespace: fixture.namespace)
        try await doorbell.connect()
        let inquiry = Inquiry(queue: fixture.queue, replies: replies, doorbell: doorbell)
        let reply = try await inquiry.ask(
            SearchKnowledge(query: "birds of the sea", limit: 3), as: SearchKnowledge.Reply.self)
        #expect(reply?.passages.first?.text == "Terns are birds of the sea.")
        running.cancel()
        try await running.value
    }

    @Test func `a question that no worker takes is given up, and never run later`() async throws {
        let fixture = try await Fixture()
        let doorbell = Doorbell(try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace)
        let inquiry = Inquiry(
            queue: fixture.queue, replies: Replies(redis: fixture.redis, namespace: fixture.namespace),
            doorbell: doorbell)
        let reply = try await inquiry.ask(
            SearchKnowledge(query: "anything", limit: 1), as: SearchKnowledge.Reply.self, within: .milliseconds(30))
        #expect(reply == nil)
    }
}

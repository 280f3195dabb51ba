import Assistant
import Foundation
import Identifiers
import Logging
import Store
import Synchronization
import Testing
import TestSupport

/// The ingest, the index replica and the retriever on a real Store.
@Suite struct KnowledgeTests {
    static let tea = "Green tea is brewed at eighty degrees for two minutes."
    static let rockets = "A rocket engine burns liquid oxygen with kerosene in its combustion chamber."
    static let gardens = "Tomatoes in the garden need water every evening during the summer."

    @Test func `a document is found by its words before it has vectors`() async throws {
        let workshop = try await Workshop()
        try await workshop.add(Self.tea, title: "Tea", isEmbedded: false)
        let found = try await workshop.knowledge.retriever.retrieve("brewed tea")
        #expect(found.passages.map(\.title) == ["Tea"])
        #expect(found.passages.first?.ranks == Passage.Ranks(keyword: 1, vector: nil))
        #expect(found.evidence.similarity == nil)
    }

    @Test func `a document is found by its meaning`() async throws {
        let workshop = try await Workshop()
        for (text, title) in [(Self.tea, "Tea"), (Self.rockets, "Rockets"), (Self.gardens, "Garden")] {
            try await workshop.add(text, title: title)
        }
        let found = try await workshop.knowledge.retriever.retrieve("propulsion of spacecraft", mode: .vector)
        #expect(found.passages.first?.title == "Rockets")
        #expect(found.passages.first?.ranks.vector == 1)
        #expect(found.passages.first?.ranks.keyword == nil)
    }

    @Test func `the replica follows additions, changes and deletions`() async throws {
        let workshop = try await Workshop()
        let index = workshop.knowledge.index
        let tea = try await workshop.add(Self.tea, title: "Tea")
        try await workshop.add(Self.rockets, title: "Rockets")
        try await index.synchronise()
        #expect(await index.count == 2)

        let changed = try await workshop.store.documents.replaceText(
            of: tea, with: Self.gardens, contentHash: Ingest.hash(Self.gardens), job: Workshop.job())
        #expect(changed != nil)
        #expect(try await workshop.knowledge.ingest.chunk(tea) == 1)
        try await index.synchronise()
        #expect(await index.count == 1)
        try await workshop.knowledge.ingest.embed(tea)
        let found = try await workshop.knowledge.retriever.retrieve("watering vegetables", mode: .vector)
        #expect(found.passages.first?.text == Self.gardens)

        #expect(try await workshop.store.documents.delete(tea, job: Workshop.job()) != nil)
        let hidden = try await workshop.knowledge.retriever.retrieve("watering vegetables")
        #expect(!hidden.passages.contains { $0.documentID == tea })
        try await workshop.knowledge.ingest.remove(tea)
        try await index.synchronise()
        #expect(await index.count == 1)
    }

    @Test func `chunks that stay the same keep their vectors`() async throws {
        let workshop = try await Workshop()
        let first = "## A\n\n" + ChunkerTests.words(100), second = "\n\n## B\n\n" + ChunkerTests.words(100, "other")
        let id = try await workshop.add(first + second, title: "T")
        let text = first + "\n\n## B\n\n" + ChunkerTests.words(100, "new")
        _ = try await workshop.store.documents.replaceText(
            of: id, with: text, contentHash: Ingest.hash(text), job: Workshop.job())
        #expect(try await workshop.knowledge.ingest.chunk(id) == 1)
        #expect(try await workshop.knowledge.ingest.embed(id) == 1)
        #expect(try await workshop.knowledge.ingest.embed(id) == 0)
    }

    @Test func `vectors of another embedder are never searched, and made anew by the next ingest`() async throws {
        let workshop = try await Workshop()
        let id = try await workshop.add(Self.tea, title: "Tea")
        let other = try KnowledgeBase(
            store: workshop.store, embedder: Stranger(), logger: Logger(label: "test"))
        let before = try await other.retriever.retrieve("brewed tea")
        #expect(before.passages.first?.ranks == Passage.Ranks(keyword: 1, vector: nil))
        #expect(try await other.ingest.embed(id) == 1)
        let after = try await other.retriever.retrieve("brewed tea")
        #expect(after.passages.first?.ranks.vector == 1)
        let first = try await workshop.knowledge.retriever.retrieve("brewed tea")
        #expect(first.passages.first?.ranks.vector == nil)
    }

    @Test func `a section gives three chunks at most, and neighbours are one passage`() async throws {
        let workshop = try await Workshop()
        let section = (1...9).map { "Part \($0). " + ChunkerTests.words(170, "kettle") }.joined(separator: "\n\n")
        try await workshop.add("## Kettles\n\n" + section, title: "T")
        let passages = try await workshop.knowledge.retriever.retrieve("kettle12", mode: .keyword).passages
        let text = passages.map(\.text).joined()
        #expect(passages.allSatisfy { $0.heading == "Kettles" })
        #expect((1...9).count { text.contains("Part \($0).") } <= 8)
        for (one, other) in zip(passages, passages.dropFirst()) {
            #expect(one.end <= other.start || other.end <= one.start)
        }
    }

    @Test func `a file is taken up when it changed, and only then`() async throws {
        let workshop = try await Workshop()
        let path = try workshop.folder.write("# Handbook\n\n\(Self.tea)", to: "knowledge_base.txt")
        let ingest = workshop.knowledge.ingest
        let job = try await ingest.refresh(file: path) { _ in Workshop.job() }
        #expect(job != nil)
        #expect(try await ingest.refresh(file: path) { _ in Workshop.job() } == nil)
        try workshop.folder.write("# Handbook\n\n\(Self.rockets)", to: "knowledge_base.txt")
        #expect(try await ingest.refresh(file: path) { _ in Workshop.job() } != nil)
        let document = try #require(try await workshop.store.documents.find(source: "knowledge_base.txt"))
        #expect(document.title == "Handbook")
        #expect(try await workshop.store.documents.text(of: document.id)?.contains("rocket") == true)
        await #expect(throws: IngestError.self) {
            try await ingest.refresh(file: workshop.folder.file("missing.txt")) { _ in Workshop.job() }
        }
    }

    @Test func `what can't be ingested says why`() async throws {
        let workshop = try await Workshop()
        await #expect(throws: IngestError.noSuchDocument) { try await workshop.knowledge.ingest.chunk(.make()) }
        await #expect(throws: IngestError.noText) { try await workshop.add(" \n ", title: "Empty") }
    }

    @Test(arguments: [
        "", "   ", "\"", "NEAR( OR AND *", "'; DROP TABLE chunks; --", "日本", String(repeating: "x", count: 9_000),
    ])
    func `any question is safe to search for`(question: String) async throws {
        let workshop = try await Workshop()
        try await workshop.add(Self.tea, title: "Tea")
        for mode in Retriever.Mode.allCases {
            _ = try await workshop.knowledge.retriever.retrieve(question, mode: mode)
        }
    }

    @Test func `an empty knowledge base finds nothing and answers that it knows nothing`() async throws {
        let workshop = try await Workshop()
        let answer = try await workshop.knowledge.answerer.finished("What is tea?")
        #expect(answer.outcome == .notInKnowledgeBase)
        #expect(answer.sources.isEmpty)
    }
}

/// An embedder with vectors of its own: the counts of letters.
private struct Stranger: Embedder {
    let signature = "test/letters/26"
    let dimension = 26

    func pieceCount(of text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    func embed(_ texts: [String], for purpose: EmbeddingPurpose) async throws -> [[Float]] {
        texts.map { text in
            var counts = [Float](repeating: 0, count: dimension)
            for byte in text.lowercased().utf8 where (97...122).contains(byte) { counts[Int(byte) - 97] += 1 }
            let length = max(counts.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1)
            return counts.map { $0 / length }
        }
    }
}

import Foundation
import Identifiers
import Store
import Testing

extension Fixture {
    @discardableResult
    func document(
        _ title: String = "Terns", hash: String = "hash", content: NewDocument.Content = .text("text")
    ) async throws -> Document {
        let new = NewDocument(
            title: title, source: "\(title).md", contentType: "text/markdown", contentHash: hash, content: content,
            job: job("ingest_document"))
        guard case .created(let document, _) = try await store.documents.create(new, at: start) else {
            throw Unexpected("the document stands already")
        }
        return document
    }

    func chunks(_ texts: String...) -> [NewChunk] {
        texts.map {
            NewChunk(
                heading: "Heading", context: "Terns > Heading", text: $0, textHash: "hash of \($0)", startOffset: 0,
                endOffset: $0.count, tokens: 3)
        }
    }

    /// Gives every chunk of a document the same vector.
    func embed(_ document: DocumentID, as vector: [Float] = [1, 0]) async throws {
        let lacking = try await store.chunks.withoutVector(of: document, limit: 1_000)
        try await store.chunks.setVectors(lacking.map { (chunk: $0.id, textHash: $0.textHash, vector: vector) })
    }
}

struct DocumentsTests {
    @Test func `the same content is stored once, until its document is deleted`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        let again = NewDocument(
            title: "Copy", source: "copy.md", contentType: "text/markdown", contentHash: "hash",
            content: .text("text"), job: fixture.job("ingest_document"))
        guard case .standing(let standing) = try await fixture.store.documents.create(again) else {
            throw Unexpected("stored twice")
        }
        #expect(standing.id == document.id)
        #expect(try await fixture.store.jobs.find(again.job.id) == nil)
        #expect(
            try await fixture.store.documents.delete(document.id, job: fixture.job("delete_document"))?.isNew == true)
        #expect(try await fixture.store.documents.delete(document.id, job: fixture.job("delete_document")) == nil)
        guard case .created = try await fixture.store.documents.create(again) else { throw Unexpected("not stored") }
    }

    @Test func `of many uploads of one content from two pools one is stored`() async throws {
        let fixture = try Fixture()
        let stores = [fixture.store, try fixture.anotherStore()]
        let created = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let new = NewDocument(
                        title: "\(number)", source: "x", contentType: "text/plain", contentHash: "same",
                        content: .file(Data("bytes".utf8)), job: fixture.job("ingest_document"))
                    if case .created = try await stores[number % 2].documents.create(new) { return true }
                    return false
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(created == 1)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM files") } == 1)
    }

    @Test func `an upload's file is kept until it is ingested`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document(content: .file(Data([1, 2, 3])))
        let id = try require(document.fileID)
        let file = try require(try await fixture.store.files.find(id, at: fixture.start))
        #expect(file.content == Data([1, 2, 3]) && document.bytes == 3)
        _ = try await fixture.store.chunks.replace(of: document.id, text: "text", with: fixture.chunks("one"))
        #expect(try await fixture.store.files.find(id, at: fixture.start) == nil)
        #expect(try await fixture.store.documents.find(document.id)?.fileID == nil)
        #expect(try await fixture.store.documents.text(of: document.id) == "text")
    }

    @Test func `a document goes in batches once it is deleted, and only then`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        _ = try await fixture.store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("a", "b", "c"))
        #expect(try await fixture.store.documents.remove(document.id) == 0)
        _ = try await fixture.store.documents.delete(document.id, job: fixture.job("delete_document"))
        #expect(try await fixture.store.documents.find(document.id) == nil)
        #expect(try await fixture.store.documents.list().elements.isEmpty)
        #expect(try await fixture.store.chunks.search("a b c").isEmpty)
        var counts: [Int] = []
        repeat { counts.append(try await fixture.store.documents.remove(document.id, limit: 2)) } while counts.last != 0
        #expect(counts == [2, 1, 1, 0])
        #expect(try await fixture.store.documents.counts().chunks == 0)
    }

    @Test func `a changed source takes the document's place`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document("Guide", hash: "old")
        try await fixture.document("Other", hash: "taken")
        let job = fixture.job("ingest_document")
        let documents = fixture.store.documents
        #expect(
            try await documents.replaceText(of: document.id, with: "x", contentHash: "taken", job: fixture.job()) == nil
        )
        #expect(
            try await documents.replaceText(of: document.id, with: "new text", contentHash: "new", job: job)?.isNew
                == true)
        let found = try require(try await documents.find(source: "Guide.md"))
        #expect(found.contentHash == "new" && found.state == .queued && found.jobID == job.id)
        #expect(try await documents.text(of: document.id) == "new text")
        #expect(try await documents.find(contentHash: "old") == nil)
    }
}

struct ChunksTests {
    @Test func `chunks whose text did not change keep number and vector`() async throws {
        let fixture = try Fixture()
        let chunks = fixture.store.chunks
        let document = try await fixture.document()
        let text = "text"
        #expect(
            try await chunks.replace(of: document.id, text: text, with: fixture.chunks("one", "two", "three")) == 3)
        try await fixture.embed(document.id)
        let old = try await chunks.list(of: document.id)
        #expect(
            try await chunks.replace(of: document.id, text: text, with: fixture.chunks("three", "new", "one")) == 1)
        let new = try await chunks.list(of: document.id)
        #expect(new.map(\.text) == ["three", "new", "one"] && new.map(\.ordinal) == [0, 1, 2])
        #expect(new[0].id == old[2].id && new[2].id == old[0].id)
        #expect(new[1].id > old[2].id)
        #expect(try await chunks.withoutVector(of: document.id).map(\.text) == ["new"])
        let found = try require(try await fixture.store.documents.find(document.id))
        #expect(found.chunkCount == 3 && found.version == 3 && found.state == .ready)
        #expect(abs(found.progress - 2.0 / 3) < 0.001)
    }

    @Test func `a document of many slices is exchanged as a whole and leaves nothing behind`() async throws {
        let fixture = try Fixture()
        let chunks = fixture.store.chunks
        let document = try await fixture.document()
        func texts(_ range: Range<Int>) -> [NewChunk] {
            range.map { fixture.chunks("word\($0)")[0] }
        }
        _ = try await chunks.replace(of: document.id, text: "t", with: texts(0..<50), slice: 7)
        try await fixture.embed(document.id)
        let old = try await chunks.list(of: document.id)
        #expect(old.map(\.text) == texts(0..<50).map(\.text))
        #expect(try await chunks.replace(of: document.id, text: "t", with: texts(40..<80), slice: 7) == 30)
        let new = try await chunks.list(of: document.id)
        #expect(new.map(\.text) == texts(40..<80).map(\.text))
        #expect(new.prefix(10).map(\.id) == old.suffix(10).map(\.id))
        #expect(try await chunks.search("word3").isEmpty)
        #expect(try await chunks.search("word79").map(\.chunk) == [new.last?.id])
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM chunks") } == 40)
        let changes = try await fixture.store.knowledge.changes(since: 0)
        #expect(Set(changes.upserted.map(\.chunk)) == Set(new.prefix(10).map(\.id)))
    }

    @Test func `what a dead call staged is unseen and goes with the next one`() async throws {
        let fixture = try Fixture()
        let chunks = fixture.store.chunks
        let document = try await fixture.document()
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("old"))
        _ = try await fixture.store.write {
            try $0.run(
                """
                INSERT INTO chunks (document_id, ordinal, heading, context, text, text_hash, start_offset, end_offset,
                    tokens, version)
                VALUES ($1, 0, '', '', 'staged', 'x', 0, 0, 0, 0)
                """, "\(document.id)+")
        }
        #expect(try await chunks.search("staged").isEmpty)
        #expect(try await chunks.withoutVector().map(\.text) == ["old"])
        #expect(try await fixture.store.knowledge.changes(since: 0).upserted.isEmpty)
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("new"))
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM chunks") } == 1)
    }

    @Test func `equal chunks of one document each keep a number of their own`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        let chunks = fixture.store.chunks
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("same", "same", "same"))
        let old = try await chunks.list(of: document.id).map(\.id)
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("same", "same"))
        #expect(try await chunks.list(of: document.id).map(\.id) == Array(old.prefix(2)))
    }

    @Test func `a vector comes back bit for bit and a chunk whose text changed takes none`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        let chunks = fixture.store.chunks
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("one", "two"))
        let found = try await chunks.list(of: document.id)
        let vector: [Float] = (0..<384).map { Float($0) / 7 - 20 }
        try await chunks.setVectors([
            (chunk: found[0].id, textHash: found[0].textHash, vector: vector),
            (chunk: found[1].id, textHash: "another", vector: vector),
            (chunk: 999, textHash: "gone", vector: vector),
        ])
        let changes = try await fixture.store.knowledge.changes(since: 0)
        #expect(changes.upserted.map(\.chunk) == [found[0].id])
        #expect(changes.upserted.first?.vector == vector)
        #expect(try await chunks.withoutVector().map(\.id) == [found[1].id])
    }

    @Test func `replicas follow by version and reach the same state whatever the size of the parts`() async throws {
        let fixture = try Fixture()
        let knowledge = fixture.store.knowledge
        var replicas: [Int: (version: Int64, vectors: [ChunkID: [Float]])] = [1: (0, [:]), 3: (0, [:]), 100: (0, [:])]
        func follow() async throws {
            for (limit, var replica) in replicas {
                var hasMore = true
                while hasMore {
                    let changes = try await knowledge.changes(since: replica.version, limit: limit)
                    for id in changes.removed { replica.vectors[id] = nil }
                    for item in changes.upserted { replica.vectors[item.chunk] = item.vector }
                    #expect(changes.version > replica.version || !changes.hasMore)
                    replica.version = changes.version
                    hasMore = changes.hasMore
                }
                replicas[limit] = replica
            }
            let expected = try await fixture.store.read {
                try $0.rows("SELECT id, vector FROM chunks WHERE vector IS NOT NULL") { ($0.integer(0), $0.floats(1)) }
            }
            for replica in replicas.values {
                #expect(replica.vectors == Dictionary(uniqueKeysWithValues: expected))
                #expect(replica.version == (try await knowledge.current()))
            }
        }
        let one = try await fixture.document("one", hash: "1")
        let two = try await fixture.document("two", hash: "2")
        _ = try await fixture.store.chunks.replace(of: one.id, text: "t", with: fixture.chunks("a", "b", "c", "d"))
        try await follow()
        try await fixture.embed(one.id, as: [1, 2])
        try await follow()
        _ = try await fixture.store.chunks.replace(of: two.id, text: "t", with: fixture.chunks("e", "f"))
        try await fixture.embed(two.id, as: [3, 4])
        _ = try await fixture.store.chunks.replace(of: one.id, text: "t", with: fixture.chunks("d", "x", "a"))
        try await follow()
        _ = try await fixture.store.documents.delete(two.id, job: fixture.job())
        while try await fixture.store.documents.remove(two.id, limit: 1) > 0 {}
        try await follow()
        while try await fixture.store.chunks.clearVectors(limit: 2) > 0 {}
        try await follow()
        #expect(replicas[3]?.vectors.isEmpty == true)
    }

    @Test func `a chunk is found with its neighbours and its document's title`() async throws {
        let fixture = try Fixture()
        let chunks = fixture.store.chunks
        let document = try await fixture.document()
        _ = try await chunks.replace(of: document.id, text: "t", with: fixture.chunks("a", "b", "c", "d"))
        let all = try await chunks.list(of: document.id)
        #expect(try await chunks.neighbourhood(of: all[0].id).map(\.text) == ["a", "b"])
        #expect(try await chunks.neighbourhood(of: all[2].id).map(\.text) == ["b", "c", "d"])
        let found = try await chunks.find([all[3].id, 4_711, all[0].id])
        #expect(found.map(\.text) == ["d", "a"] && found[0].documentTitle == "Terns")
        #expect(found[0].heading == "Heading" && found[0].documentVersion == 2)
    }

    @Test func `a deleted document takes no chunks`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        _ = try await fixture.store.documents.delete(document.id, job: fixture.job())
        #expect(
            try await fixture.store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("a")) == nil)
        #expect(try await !fixture.store.documents.setState(.processing, of: document.id))
        #expect(try await fixture.store.documents.counts().chunks == 0)
    }
}

struct KeywordSearchTests {
    @Test func `rarer and more words rank higher and stems match`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        _ = try await fixture.store.chunks.replace(
            of: document.id, text: "t",
            with: fixture.chunks(
                "The tern is a bird of the coast.", "A puffin nests in burrows on the coast.", "Gulls are everywhere."))
        let all = try await fixture.store.chunks.list(of: document.id)
        let hits = try await fixture.store.chunks.search("Where does a puffin nest on a coast?")
        #expect(hits.first?.chunk == all[1].id)
        #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
        #expect(try await fixture.store.chunks.search("nested puffins").first?.chunk == all[1].id)
        #expect(try await fixture.store.chunks.search("coast", limit: 1).count == 1)
    }

    @Test(arguments: [
        "\"", "'", "\"unbalanced", "AND", "OR NOT", "NEAR(", "NEAR(a b, 2)", "text:", "chunk_search", "a*", "^a", "-a",
        "{a b}:c", "(", ")", "; DROP TABLE chunks; --", "\u{0}", "a\u{0}b", "🐦", "%", "_", "\\", "+", "!", "", " ",
        "ﷺ", "\u{202E}txet", "é", "e\u{301}", "日本語", "a OR", "col : val", "\"\"\"\"", "' OR 1=1",
    ])
    func `any input is only words`(input: String) async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        _ = try await fixture.store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("unrelated"))
        #expect(try await fixture.store.chunks.search(input).isEmpty)
        let account = try await fixture.account()
        _ = try await fixture.store.conversations.list(of: account.id, matching: input)
    }

    @Test func `words of every text give way to telling ones`() {
        #expect(FullTextQuery("What is the tern in the Tern's nest?").matchingAny == #""tern" OR "s" OR "nest""#)
        #expect(FullTextQuery("What is it?").matchingAny == #""What" OR "is" OR "it""#)
        #expect(FullTextQuery("?!").matchingAny == nil)
    }

    @Test func `a question of any length is searched`() async throws {
        let fixture = try Fixture()
        let document = try await fixture.document()
        _ = try await fixture.store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("word"))
        let long = String(repeating: "word ", count: 2_000) + String(repeating: "x", count: 100_000)
        #expect(try await fixture.store.chunks.search(long).count == 1)
        #expect(FullTextQuery(long).words.count <= 64)
    }

    @Test func `the index agrees with its table after every kind of change`() async throws {
        let fixture = try Fixture()
        let one = try await fixture.document("one", hash: "1")
        _ = try await fixture.store.chunks.replace(of: one.id, text: "t", with: fixture.chunks("alpha", "beta"))
        _ = try await fixture.store.chunks.replace(of: one.id, text: "t", with: fixture.chunks("beta", "gamma"))
        try await fixture.embed(one.id)
        #expect(try await fixture.store.chunks.search("alpha").isEmpty)
        #expect(try await fixture.store.chunks.search("gamma").count == 1)
        _ = try await fixture.store.write {
            try $0.run("INSERT INTO chunk_search (chunk_search, rank) VALUES ('integrity-check', 0)")
        }
    }
}

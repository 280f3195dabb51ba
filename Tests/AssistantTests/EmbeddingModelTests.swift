import Assistant
import Foundation
import Testing
import TestSupport

@Suite struct EmbeddingModelTests {
    struct Reference: Decodable, Sendable {
        var text: String
        var ids: [Int32]
        var vector: [Float]
    }

    static func references() throws -> [Reference] {
        let data = try Data(contentsOf: URL(filePath: SourceTree.path("Tests/Fixtures/encoder-reference.jsonl")))
        return try data.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Reference.self, from: Data($0))
        }
    }

    private static func cosine(_ one: [Float], _ other: [Float]) -> Float {
        let dot = zip(one, other).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let lengths = [one, other].map { $0.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() }
        return dot / (lengths[0] * lengths[1])
    }

    @Test func `the tokenizer gives the reference's ids`() throws {
        let model = try Model.shared.get()
        for reference in try Self.references() {
            // The reference takes "[PAD]" and the like in a text for special pieces; they are plain text here.
            if reference.text.hasPrefix("[CLS]") {
                #expect(!model.ids(of: reference.text).dropFirst().dropLast().contains(102))
            } else {
                #expect(model.ids(of: reference.text) == reference.ids, "\(reference.text.prefix(40))")
            }
        }
    }

    /// The int8 weights alone, in exact float arithmetic, reach 0.9963 for the empty text and 0.9985 for a lone unknown
    /// word, and 0.999 for all others of at least six pieces; rounding the activations may not cost more than 0.0001.
    @Test func `vectors are those of the float model`() throws {
        let model = try Model.shared.get()
        for reference in try Self.references() where !reference.text.hasPrefix("[CLS]") {
            let vector = try #require(model.embed([reference.text]).first)
            let least: Float = reference.ids.count < 4 ? 0.996 : reference.ids.count <= 6 ? 0.9985 : 0.999
            #expect(Self.cosine(vector, reference.vector) >= least, "\(reference.text.prefix(40))")
        }
    }

    @Test func `a text has the same vector alone and in a batch`() throws {
        let model = try Model.shared.get()
        let texts = try Self.references().map(\.text)
        for (text, vector) in zip(texts, model.embed(texts)) {
            let alone = try #require(model.embed([text]).first)
            #expect(Self.cosine(alone, vector) > 0.99999)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        }
    }

    @Test func `a text is cut at 256 pieces`() throws {
        let model = try Model.shared.get()
        let ids = model.ids(of: String(repeating: "word ", count: 1_000))
        #expect(ids.count == 256)
        #expect(ids.last == 102)
        #expect(model.pieceCount(of: String(repeating: "word ", count: 1_000)) == 1_000)
    }

    @Test func `no texts have no vectors`() throws {
        #expect(try Model.shared.get().embed([]).isEmpty)
    }

    @Test func `a file that is no model is refused with its path`() throws {
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/model.bin"
        #expect(throws: EmbeddingModelError.self) { try EmbeddingModel(path: path) }
        for content in [
            Data(), Data("SMLM0001".utf8), Data(count: 4_096), Data("SMLM0001".utf8) + Data(repeating: 1, count: 400),
        ] {
            try content.write(to: URL(filePath: path))
            let error = try #require(throws: EmbeddingModelError.self) { try EmbeddingModel(path: path) }
            #expect(error.description.contains(path))
        }
    }

    @Test func `a model that is cut off is refused`() throws {
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/model.bin"
        let whole = try Data(contentsOf: URL(filePath: SourceTree.path("Resources/minilm-l6-v2.int8.bin")))
        try whole.prefix(20_000_000).write(to: URL(filePath: path))
        #expect(throws: EmbeddingModelError.self) { try EmbeddingModel(path: path) }
    }
}

import Assistant
import Foundation
import Testing
import TestSupport

@Suite struct VectorIndexTests {
    /// A unit vector along one axis, leaning a little to the next.
    private static func axis(_ number: Int, leaning: Float = 0) -> [Float] {
        var vector = [Float](repeating: 0, count: 8)
        vector[number % 8] = (1 - leaning * leaning).squareRoot()
        vector[(number + 1) % 8] = leaning
        return vector
    }

    private static func index() throws -> VectorIndex {
        let index = try VectorIndex(dimension: 8)
        try index.upsert((0..<8).map { (chunk: Int64($0) + 100, vector: axis($0)) })
        return index
    }

    @Test func `the nearest come first with their similarity`() throws {
        let found = try Self.index().search(Self.axis(3, leaning: 0.6), limit: 3)
        #expect(found.map(\.chunk).prefix(2) == [103, 104])
        #expect(abs(found[0].similarity - 0.8) < 1e-5)
        #expect(found.count == 3)
    }

    @Test func `a vector under the same number takes the place of the old one`() throws {
        let index = try Self.index()
        try index.upsert([(chunk: 100, vector: Self.axis(5)), (chunk: 100, vector: Self.axis(6))])
        #expect(index.count == 8)
        #expect(Set(try index.search(Self.axis(6), limit: 2).map(\.chunk)) == [100, 106])
    }

    @Test func `removed vectors are not found, and unknown numbers are no error`() throws {
        let index = try Self.index()
        try index.remove([103, 104, 999])
        #expect(index.count == 6)
        #expect(!(try index.search(Self.axis(3), limit: 8).map(\.chunk)).contains(103))
        try index.remove([])
    }

    @Test func `an empty index and odd questions find nothing`() throws {
        #expect(try VectorIndex(dimension: 8).search(Self.axis(0), limit: 5).isEmpty)
        #expect(try Self.index().search([1, 0], limit: 5).isEmpty)
        #expect(try Self.index().search(Self.axis(0), limit: 0).isEmpty)
        #expect(try Self.index().search(Self.axis(0), limit: 50).count == 8)
    }

    @Test func `vectors of another dimension are left out`() throws {
        let index = try Self.index()
        try index.upsert([(chunk: 1, vector: [1, 0])])
        #expect(index.count == 8)
    }

    @Test func `a saved index is read back, and can be changed`() throws {
        let folder = try TemporaryDirectory()
        try Self.index().save(path: folder.file("index.faiss"))
        let index = try VectorIndex(path: folder.file("index.faiss"))
        #expect(index.dimension == 8)
        #expect(index.count == 8)
        #expect(try index.search(Self.axis(7), limit: 1).first?.chunk == 107)
        try index.upsert([(chunk: 107, vector: Self.axis(0))])
        try index.remove([100])
        #expect(try index.search(Self.axis(0), limit: 1).first?.chunk == 107)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["index.faiss"])
    }

    @Test func `a file that is no index is an error that says so`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("not an index", to: "index.faiss")
        #expect(throws: VectorIndex.Failure.self) { try VectorIndex(path: folder.file("index.faiss")) }
        #expect(throws: VectorIndex.Failure.self) { try VectorIndex(path: folder.file("missing.faiss")) }
        #expect(throws: VectorIndex.Failure.self) { try Self.index().save(path: folder.file("no/such/folder.faiss")) }
    }

    @Test func `searches and changes at the same time don't disturb each other`() async throws {
        let index = try Self.index()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<200 {
                        if task == 0 {
                            try index.upsert([(chunk: Int64(1_000 + round), vector: Self.axis(round))])
                            try index.remove([Int64(1_000 + round)])
                        } else {
                            #expect(try index.search(Self.axis(round), limit: 8).count == 8)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(index.count == 8)
    }
}

import CFaiss
package import Store

/// A FAISS index of chunks' vectors in this process: exact search by inner product.
///
/// `@unchecked Sendable`: the handle is used only under `lock`, shared by searches and held alone by changes.
package final class VectorIndex: @unchecked Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private let handle: OpaquePointer
    private let lock = SharedLock()
    package let dimension: Int

    package init(dimension: Int) throws {
        guard let handle = tern_index_create(dimension) else { throw Self.failure() }
        self.handle = handle
        self.dimension = dimension
    }

    /// Reads a file that `save` wrote.
    package init(path: String) throws {
        guard let handle = tern_index_load(path) else { throw Self.failure() }
        self.handle = handle
        dimension = tern_index_dimension(handle)
    }

    deinit { tern_index_free(handle) }

    package var count: Int { lock.shared { tern_index_count(handle) } }

    /// Puts vectors in, in place of those that stand under the same numbers. Vectors of another dimension are left out.
    package func upsert(_ vectors: [(chunk: ChunkID, vector: [Float])]) throws {
        let latest = Dictionary(vectors.lazy.filter { $0.vector.count == self.dimension }.map { ($0.chunk, $0.vector) })
        {
            $1
        }
        guard !latest.isEmpty else { return }
        let ids = Array(latest.keys)
        let flat = ids.flatMap { latest[$0] ?? [] }
        try lock.exclusive {
            let standing = ids.filter { tern_index_has(handle, $0) != 0 }
            if !standing.isEmpty { try check(tern_index_remove(handle, standing.count, standing)) }
            try check(tern_index_add(handle, ids.count, flat, ids))
        }
    }

    package func remove(_ chunks: [ChunkID]) throws {
        try lock.exclusive {
            let standing = chunks.filter { tern_index_has(handle, $0) != 0 }
            if !standing.isEmpty { try check(tern_index_remove(handle, standing.count, standing)) }
        }
    }

    /// The nearest chunks, best first.
    package func search(_ query: [Float], limit: Int) throws -> [(chunk: ChunkID, similarity: Float)] {
        guard query.count == dimension, limit > 0 else { return [] }
        return try lock.shared {
            let limit = min(limit, tern_index_count(handle))
            guard limit > 0 else { return [] }
            var scores = [Float](repeating: 0, count: limit)
            var ids = [ChunkID](repeating: -1, count: limit)
            try check(tern_index_search(handle, query, limit, &scores, &ids))
            return zip(ids, scores).filter { $0.0 >= 0 }.map { (chunk: $0.0, similarity: $0.1) }
        }
    }

    /// Gives memory that many additions left behind back to the system.
    static func trim() { tern_index_trim() }

    package func save(path: String) throws {
        try lock.shared { try check(tern_index_save(handle, path)) }
    }

    private func check(_ code: Int32) throws {
        guard code == 0 else { throw Self.failure() }
    }

    private static func failure() -> Failure {
        Failure(description: tern_index_error().map { String(cString: $0) } ?? "unknown")
    }
}

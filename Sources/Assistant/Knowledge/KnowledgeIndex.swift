import Dispatch
public import Logging
public import Store

/// This process's replica of the chunks' vectors, kept up with the Store by its knowledge version: only differences are
/// applied, and the Store stays the truth.
///
/// The vectors in the Store were made by one embedder, whose signature stands beside them. While it is not this
/// process's own, the replica answers nothing and the keyword leg serves.
public actor KnowledgeIndex {
    static let signatureKey = "knowledge.signature"

    private let store: Store
    private let signature: String
    private let logger: Logger
    private let vectors: VectorIndex
    /// Searches scan all vectors; they don't belong on the cooperative threads.
    private let searches = DispatchQueue(label: "tern.index.search", qos: .userInitiated, attributes: .concurrent)
    private var version: Int64 = -1
    private var isUsable = false
    private var running: Task<Void, any Error>?

    public init(store: Store, embedder: any Embedder, logger: Logger) throws {
        self.store = store
        self.logger = logger
        signature = embedder.signature
        vectors = try VectorIndex(dimension: embedder.dimension)
    }

    /// How many vectors the replica holds.
    public var count: Int { vectors.count }

    /// Applies what changed since the last call. Cheap when nothing did; callers at the same time share one run.
    public func synchronise() async throws {
        if let running { return try await running.value }
        let task = Task { try await catchUp() }
        running = task
        defer { running = nil }
        try await task.value
    }

    private func catchUp() async throws {
        guard try await store.knowledge.current() != version else { return }
        let stored = try await store.values.value(of: Self.signatureKey)
        isUsable = stored == nil || stored == signature
        guard isUsable else {
            logger.warning(
                "vectors are of another embedder, keyword search serves",
                metadata: ["index.signature": "\(signature)", "store.signature": "\(stored ?? "")"])
            return
        }
        var applied = 0
        var changes: KnowledgeChanges
        repeat {
            changes = try await store.knowledge.changes(since: version, limit: 8_192)
            try vectors.remove(changes.removed)
            try vectors.upsert(changes.upserted.map { ($0.chunk, $0.vector) })
            version = changes.version
            applied += changes.upserted.count
        } while changes.hasMore
        if applied > 4_096 { VectorIndex.trim() }
    }

    /// The chunks nearest to a vector, best first; none while the Store's vectors are another embedder's.
    func search(_ query: [Float], limit: Int) async throws -> [(chunk: ChunkID, similarity: Float)] {
        guard isUsable else { return [] }
        return try await withCheckedThrowingContinuation { continuation in
            searches.async { [vectors] in
                continuation.resume(with: Result { try vectors.search(query, limit: limit) })
            }
        }
    }
}

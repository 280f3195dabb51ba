package import Assistant
package import Logging
package import Store
import Synchronization

/// The encoder and the index of this process: loaded by the first job that needs them, and only once.
///
/// A worker that serves neither answers nor documents never pays for them.
package actor Knowledge {
    /// What is made of the encoder and the index.
    package struct Parts: Sendable {
        package let embedder: any Embedder
        package let retriever: Retriever
        package let answerer: Answerer
        package let ingest: Ingest
    }

    private let store: Store
    private let providers: [String]
    private let makeEmbedder: @Sendable () throws -> any Embedder
    private let logger: Logger
    private var loaded: Parts?

    /// - Parameters:
    ///   - providers: the names in `LLM_PROVIDERS`.
    ///   - makeEmbedder: opens the model; called again after it threw.
    package init(
        store: Store, providers: [String], logger: Logger, makeEmbedder: @escaping @Sendable () throws -> any Embedder
    ) {
        self.store = store
        self.providers = providers
        self.logger = logger
        self.makeEmbedder = makeEmbedder
    }

    /// The parts, made now when they aren't yet. The index follows the Store by itself, before each search.
    package func parts() throws -> Parts {
        if let loaded { return loaded }
        let embedder = try makeEmbedder()
        let index = try KnowledgeIndex(store: store, embedder: embedder, logger: logger)
        let retriever = Retriever(store: store, index: index, embedder: embedder)
        let parts = Parts(
            embedder: embedder, retriever: retriever,
            answerer: Answerer(
                retriever: retriever, providers: try ProviderRegistry(embedder: embedder).providers(providers),
                logger: logger),
            ingest: Ingest(store: store, embedder: embedder, logger: logger))
        loaded = parts
        return parts
    }
}

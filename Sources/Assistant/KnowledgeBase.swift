public import Logging
public import Store

/// Everything a process needs to ingest documents and to answer from them, assembled: one a process.
public struct KnowledgeBase: Sendable {
    public struct Configuration: Sendable {
        public var retriever = Retriever.Configuration()
        public var gate = Gate()
        /// In the order in which they are tried; the last one should need nothing but the documents.
        public var providers = ["extractive"]

        public init() {}
    }

    public let embedder: any Embedder
    public let index: KnowledgeIndex
    public let retriever: Retriever
    public let ingest: Ingest
    public let answerer: Answerer

    /// Opens the model file and prepares an empty replica of the index, which fills at the first search.
    public init(
        store: Store, modelFile: String, configuration: Configuration = Configuration(), logger: Logger
    ) throws {
        try self.init(
            store: store, embedder: EmbeddedEmbedder(model: EmbeddingModel(path: modelFile)),
            configuration: configuration, logger: logger)
    }

    /// The same with another embedder.
    public init(
        store: Store, embedder: any Embedder, configuration: Configuration = Configuration(), logger: Logger
    ) throws {
        self.embedder = embedder
        index = try KnowledgeIndex(store: store, embedder: embedder, logger: logger)
        retriever = Retriever(store: store, index: index, embedder: embedder, configuration: configuration.retriever)
        ingest = Ingest(store: store, embedder: embedder, logger: logger)
        answerer = Answerer(
            retriever: retriever,
            providers: try ProviderRegistry(embedder: embedder).providers(configuration.providers),
            gate: configuration.gate, logger: logger)
    }
}

/// The providers that are built, by the names that `LLM_PROVIDERS` takes.
public struct ProviderRegistry: Sendable {
    public struct UnknownProvider: Error, Equatable, CustomStringConvertible {
        public var name: String

        public init(name: String) {
            self.name = name
        }

        public var description: String { "LLM_PROVIDERS names \(name), which is not supported" }
    }

    private let embedder: any Embedder

    public init(embedder: any Embedder) {
        self.embedder = embedder
    }

    /// Providers in the order of their names.
    public func providers(_ names: [String]) throws(UnknownProvider) -> [any Provider] {
        var providers: [any Provider] = []
        for name in names {
            switch name {
            case ExtractiveProvider.name: providers.append(ExtractiveProvider(embedder: embedder))
            default: throw UnknownProvider(name: name)
            }
        }
        return providers
    }
}

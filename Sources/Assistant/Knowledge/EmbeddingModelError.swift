/// Why a model file can't be used.
public enum EmbeddingModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case malformed(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "the embedding model \(path) can't be read (EMBEDDING_MODEL_FILE): \(reason)"
        case .malformed(let path, let reason):
            "the embedding model \(path) is not usable (EMBEDDING_MODEL_FILE): \(reason)"
        }
    }
}

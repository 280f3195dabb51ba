import Dispatch

/// What a vector was made for.
public enum EmbeddingPurpose: Sendable {
    case question
    case passage
}

/// What makes vectors: the edge of the process, for a model may be elsewhere.
public protocol Embedder: Sendable {
    /// Names everything that vectors depend on; vectors under different names are never compared.
    var signature: String { get }
    var dimension: Int { get }

    /// Unit vectors of texts, in their order.
    func embed(_ texts: [String], for purpose: EmbeddingPurpose) async throws -> [[Float]]

    /// How many pieces a text has for the model.
    func pieceCount(of text: String) -> Int
}

/// The embedded model on two threads of its own: questions never wait behind passages, and nothing else waits for
/// either.
public final class EmbeddedEmbedder: Embedder {
    public let model: EmbeddingModel
    private let questions = DispatchQueue(label: "tern.embedder.questions", qos: .userInitiated)
    private let passages = DispatchQueue(label: "tern.embedder.passages", qos: .utility)

    public init(model: EmbeddingModel) {
        self.model = model
    }

    public var signature: String { "embedded/\(model.name)/\(model.dimension)/plain/chunker-\(Chunker.version)" }

    public var dimension: Int { model.dimension }

    public func pieceCount(of text: String) -> Int { model.pieceCount(of: text) }

    public func embed(_ texts: [String], for purpose: EmbeddingPurpose) async throws -> [[Float]] {
        try Task.checkCancellation()
        let queue = purpose == .question ? questions : passages
        return await withCheckedContinuation { continuation in
            queue.async { [model] in continuation.resume(returning: model.embed(texts)) }
        }
    }
}

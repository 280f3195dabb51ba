/// Why a document can't be ingested; trying again would not help.
public enum IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    case noSuchDocument
    case noText
    case unsupportedType(String)
    case unreadable(String)
    case unusableVectors

    public var description: String {
        switch self {
        case .noSuchDocument: "the document was deleted"
        case .noText: "the document has no text"
        case .unsupportedType(let type): "documents of type \(type) can't be read yet: use plain text or Markdown"
        case .unreadable(let path): "the file \(path) can't be read"
        case .unusableVectors: "the embedder returned vectors of another number or dimension"
        }
    }
}

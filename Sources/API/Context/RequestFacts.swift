/// What is known of a request beyond its message.
///
/// A class, so that the frames of a request that waits for minutes hold a pointer and not a copy each.
final class RequestFacts: Sendable {
    /// The caller's `X-Request-Id`, or a new one.
    let requestID: String
    /// The largest body in bytes.
    let bodyLimit: Int
    /// The peer's address, or the one a trusted proxy reports.
    let clientAddress: String
    /// Whether a browser says that another site made the request.
    let isForeign: Bool
    /// Whom the request acts for.
    let identity: Identity

    init(
        requestID: String = "", bodyLimit: Int = 1 << 20, clientAddress: String, isForeign: Bool = false,
        identity: Identity = .anonymous
    ) {
        self.requestID = requestID
        self.bodyLimit = bodyLimit
        self.clientAddress = clientAddress
        self.isForeign = isForeign
        self.identity = identity
    }
}

/// Whom a request acts for.
enum Identity: Sendable {
    case anonymous
    case viewer(Viewer)
    /// It carries credentials that must not be used, and this is why.
    indirect case refused(Problem)

    /// The account, or why there is none.
    func viewer() throws(Problem) -> Viewer {
        switch self {
        case .viewer(let viewer): return viewer
        case .anonymous: throw .unauthorized
        case .refused(let problem): throw problem
        }
    }
}

/// What every context of a request knows.
protocol RequestScoped {
    var facts: RequestFacts { get }
}

extension RequestScoped {
    var requestID: String { facts.requestID }
    var bodyLimit: Int { facts.bodyLimit }
    var clientAddress: String { facts.clientAddress }
}

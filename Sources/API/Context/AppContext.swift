package import Hummingbird
import NIOCore

/// What travels with one request: its id, where it came from, and the account it was proven to come from.
package struct AppContext: RequestContext, RequestScoped {
    package var coreContext: CoreRequestContextStorage
    /// The caller's `X-Request-Id`, or a new one; set by `RequestScope`.
    var requestID = ""
    /// The largest body in bytes; set by `RequestScope`.
    var bodyLimit = 1 << 20
    /// The peer's address, or the one a trusted proxy reports.
    var clientAddress: String
    /// Whom the request acts for; set by `Authentication`.
    var identity = Identity.anonymous
    /// Whether a browser says that another site made the request; set by `Authentication`.
    var isForeign = false

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        clientAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    package var maxUploadSize: Int { bodyLimit }

    /// The signed-in account, if any; pages greet it, routes that act for it use `SignedInContext`.
    var viewer: Viewer? {
        if case .viewer(let viewer) = identity { viewer } else { nil }
    }
}

/// What every context of a request knows.
protocol RequestScoped {
    var requestID: String { get }
    var bodyLimit: Int { get }
    var clientAddress: String { get }
}

/// Whom a request acts for.
enum Identity: Sendable {
    case anonymous
    case viewer(Viewer)
    /// It carries credentials that must not be used, and this is why.
    case refused(Problem)

    /// The account, or why there is none.
    func viewer() throws(Problem) -> Viewer {
        switch self {
        case .viewer(let viewer): return viewer
        case .anonymous: throw .unauthorized
        case .refused(let problem): throw problem
        }
    }
}

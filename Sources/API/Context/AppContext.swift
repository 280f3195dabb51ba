package import Hummingbird
import NIOCore

/// What travels with one request; `RequestScope` and `Authentication` fill in the facts.
package struct AppContext: RequestContext, RequestScoped {
    package var coreContext: CoreRequestContextStorage
    var facts: RequestFacts

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        facts = RequestFacts(clientAddress: source.channel.remoteAddress?.ipAddress ?? "unknown")
    }

    package var maxUploadSize: Int { facts.bodyLimit }

    /// The signed-in account, if any; pages greet it, routes that act for it use `SignedInContext`.
    var viewer: Viewer? {
        if case .viewer(let viewer) = facts.identity { viewer } else { nil }
    }
}

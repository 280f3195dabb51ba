import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Finds out whom a request acts for, without refusing anybody: a route that needs an account asks the context.
struct Authentication: RouterMiddleware {
    let signIns: SignIns
    let cookies: SessionCookies
    let origin: SiteOrigin
    let clientAddress: ClientAddress

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        if request.uri.path.hasPrefix("/static/") { return try await next(request, context) }
        var context = context
        let change = try await identify(request, &context)
        var response = try await next(request, context)
        // What the route itself said about the cookies counts.
        if let change, !response.headers.contains(.setCookie) {
            switch change {
            case .renewed(let pair): cookies.set(pair, on: &response)
            case .ended: cookies.clear(on: &response)
            }
        }
        return response
    }

    /// What becomes of the browser's cookies.
    private enum CookieChange {
        case renewed(TokenPair)
        case ended
    }

    /// Puts the identity into the context. Kept apart, so that its frame is gone while the route runs.
    @inline(never)
    private func identify(_ request: Request, _ context: inout AppContext) async throws -> CookieChange? {
        let address = clientAddress.resolve(peer: context.clientAddress, headers: request.headers)
        var change: CookieChange?
        let identity: Identity
        if let header = request.headers[.authorization] {
            identity = try await bearer(header, from: address)
        } else if let access = request.cookie(SessionCookies.access),
            let viewer = try await signIns.viewer(access, carriedBy: .cookie, from: address)
        {
            identity = mayUseCookie(request) ? .viewer(viewer) : .refused(.crossSite)
        } else if let refresh = request.cookie(SessionCookies.refresh), request.isPageView {
            (identity, change) = try await continueSession(refresh, from: address)
        } else {
            identity = .anonymous
        }
        context.facts = RequestFacts(
            requestID: context.requestID, bodyLimit: context.bodyLimit, clientAddress: address,
            isForeign: origin.isForeign(request), identity: identity)
        return change
    }

    private func bearer(_ header: String, from address: String) async throws -> Identity {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return .refused(.unauthorized) }
        let viewer = try await signIns.viewer(parts[1].trimmingSpaces, carriedBy: .header, from: address)
        return viewer.map(Identity.viewer) ?? .refused(.tokenInvalid)
    }

    private func mayUseCookie(_ request: Request) -> Bool {
        request.method == .get || request.method == .head || origin.isOwn(request)
    }

    /// A page view with a dead access cookie and a living refresh cookie: the pair is renewed and the page is shown.
    private func continueSession(
        _ refresh: String, from address: String
    ) async throws -> (Identity, CookieChange) {
        guard case .renewed(let pair, _) = try await signIns.renew(refresh),
            let viewer = try await signIns.viewer(pair.access, carriedBy: .cookie, from: address)
        else { return (.anonymous, .ended) }
        return (.viewer(viewer), .renewed(pair))
    }
}

extension Request {
    /// Whether a browser shows the answer as a page.
    var isPageView: Bool { (method == .get || method == .head) && prefersHTML }
}

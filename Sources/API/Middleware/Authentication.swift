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
        context.isForeign = origin.isForeign(request)
        context.clientAddress = clientAddress.resolve(peer: context.clientAddress, headers: request.headers)
        if let header = request.headers[.authorization] {
            context.identity = try await bearer(header, from: context.clientAddress)
            return try await next(request, context)
        }
        if let access = request.cookie(SessionCookies.access),
            let viewer = try await signIns.viewer(access, carriedBy: .cookie, from: context.clientAddress)
        {
            context.identity = mayUseCookie(request) ? .viewer(viewer) : .refused(.crossSite)
            return try await next(request, context)
        }
        guard let refresh = request.cookie(SessionCookies.refresh), request.isPageView else {
            return try await next(request, context)
        }
        return try await continueSession(refresh, request, context, next)
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
        _ refresh: String, _ request: Request, _ context: AppContext,
        _ next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard case .renewed(let pair, _) = try await signIns.renew(refresh),
            let viewer = try await signIns.viewer(pair.access, carriedBy: .cookie, from: context.clientAddress)
        else {
            var response = try await next(request, context)
            if !response.headers.contains(.setCookie) { cookies.clear(on: &response) }
            return response
        }
        context.identity = .viewer(viewer)
        var response = try await next(request, context)
        if !response.headers.contains(.setCookie) { cookies.set(pair, on: &response) }
        return response
    }
}

extension Request {
    /// Whether a browser shows the answer as a page.
    var isPageView: Bool { (method == .get || method == .head) && prefersHTML }
}

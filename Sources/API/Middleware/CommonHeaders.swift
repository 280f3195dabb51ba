import HTTPTypes
import Hummingbird

/// The headers of every answer: what browsers must not do with it, and what caches must tell apart.
struct CommonHeaders: Sendable {
    /// Whether the public address is https.
    let isSecure: Bool

    private static let contentSecurityPolicy = """
        default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'
        """

    func complete(_ response: inout Response, of request: Request) {
        response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.frameOptions] = "DENY"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.openerPolicy] = "same-origin"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
        // The files of the pages are the same for everybody.
        if !request.uri.path.hasPrefix("/static/"), !response.headers.contains(.vary) {
            response.headers[.vary] = "Accept, Authorization, Cookie"
        }
        if !response.headers.contains(.cacheControl) { response.headers[.cacheControl] = "no-store" }
    }
}

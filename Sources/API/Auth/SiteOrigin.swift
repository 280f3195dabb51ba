import HTTPTypes
import Hummingbird

/// Tells changes that come from our own pages from those that another site made a browser send.
struct SiteOrigin: Sendable {
    /// Host and port of `PUBLIC_URL`, in lower case.
    private let publicAuthority: String?

    init(publicURL: String) { publicAuthority = Self.authority(of: publicURL) }

    /// Whether a change is safe to authenticate by cookie: `Origin` names our host and port, or the browser itself
    /// vouches for the same origin.
    func isOwn(_ request: Request) -> Bool {
        if request.headers[.secFetchSite] == "same-origin" { return true }
        guard let origin = request.headers[.origin], let authority = Self.authority(of: origin) else { return false }
        return authority == publicAuthority || authority == ownAuthority(of: request, likeOrigin: origin)
    }

    /// Whether the request says that something else than a page of ours made it; clients that are no browser say nothing.
    func isForeign(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { return true }
        return request.headers[.origin] != nil && !isOwn(request)
    }

    private func ownAuthority(of request: Request, likeOrigin origin: String) -> String? {
        guard let host = request.head.authority else { return nil }
        let scheme = origin.hasPrefix("https://") ? "https" : "http"
        return Self.authority(of: "\(scheme)://\(host)")
    }

    /// `host:port` of `http(s)://host[:port][/…]`, the port filled in from the scheme.
    private static func authority(of url: String) -> String? {
        let text = url.lowercased()
        let (rest, port): (Substring, String)
        if text.hasPrefix("https://") {
            (rest, port) = (text.dropFirst(8), ":443")
        } else if text.hasPrefix("http://") {
            (rest, port) = (text.dropFirst(7), ":80")
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let host = authority.last == "]" ? nil : authority.lastIndex(of: ":")
        return host == nil ? String(authority) + port : String(authority)
    }
}

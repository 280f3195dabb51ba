import HTTPTypes
import Hummingbird

/// The cookies of the web pages: `access` and `refresh`.
struct SessionCookies: Sendable {
    /// Whether the public address is https.
    let isSecure: Bool
    let accessLifetime: Duration
    let refreshLifetime: Duration

    static let access = "access"
    static let refresh = "refresh"

    func set(_ pair: TokenPair, on response: inout Response) {
        response.headers.append(header(Self.access, pair.access, lifetime: accessLifetime))
        response.headers.append(header(Self.refresh, pair.refresh, lifetime: refreshLifetime))
        response.headers[.cacheControl] = "no-store"
    }

    func clear(on response: inout Response) {
        response.headers.append(header(Self.access, "", lifetime: .zero))
        response.headers.append(header(Self.refresh, "", lifetime: .zero))
    }

    private func header(_ name: String, _ value: String, lifetime: Duration) -> HTTPField {
        let attributes = "Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
        return HTTPField(
            name: .setCookie, value: "\(name)=\(value); Max-Age=\(lifetime.components.seconds); \(attributes)")
    }
}

/// What a sign-in or a rotation hands out.
struct TokenPair: Sendable {
    let access: String
    let refresh: String
}

extension Request {
    /// The value of a cookie, when it is there and not empty.
    func cookie(_ name: String) -> String? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].trimmingSpaces == name { return parts[1].trimmingSpaces }
            }
        }
        return nil
    }
}

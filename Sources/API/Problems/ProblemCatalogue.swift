import HTTPTypes

/// Every problem the routes share.
extension Problem {
    static let unauthorized = Problem(
        .unauthorized, "unauthorized", "Sign in, or send a valid access token."
    ).with(.wwwAuthenticate, "Bearer")

    static let tokenInvalid = Problem(
        .unauthorized, "token_invalid", "The token is malformed, expired or revoked."
    ).with(.wwwAuthenticate, #"Bearer error="invalid_token""#)

    static let tokenReused = Problem(
        .unauthorized, "token_reused", "The refresh token was used before; its session is closed."
    ).with(.wwwAuthenticate, #"Bearer error="invalid_token""#)

    static let invalidCredentials = Problem(
        .unauthorized, "invalid_credentials", "No account has this name and password."
    ).with(.wwwAuthenticate, "Bearer")

    static let forbidden = Problem(.forbidden, "forbidden", "Only an administrator may do this.")

    static let insufficientScope = Problem(
        .forbidden, "insufficient_scope", "This token was not given the scope for it.")

    static let crossSite = Problem(
        .forbidden, "csrf_failed", "A change authenticated by cookie must come from a page of this site.")

    static let notVerified = Problem(
        .forbidden, "not_verified", "Verify your email address before you chat; the mail can be sent again.")

    static let notFound = Problem(.notFound, "not_found", "Nothing is here under this address.")

    static func gone(_ code: String = "gone", _ detail: String) -> Problem { Problem(.gone, code, detail) }

    static func malformed(_ detail: String) -> Problem { Problem(.badRequest, "malformed_request", detail) }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(.methodNotAllowed, "method_not_allowed", "This address takes \(names).").with(.allow, names)
    }

    static func unsupportedMediaType(_ expected: String) -> Problem {
        Problem(.unsupportedMediaType, "unsupported_media_type", "Send the body as \(expected).")
    }

    static func payloadTooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "payload_too_large", "The body is larger than \(limit) bytes.")
    }

    static func invalid(_ errors: [String: [String]]) -> Problem {
        var problem = Problem(
            .unprocessableContent, "validation_failed", title: "Validation failed", "Some fields are not valid.")
        problem.errors = errors
        return problem
    }

    static func invalid(_ field: String, _ message: String) -> Problem { invalid([field: [message]]) }

    static func conflict(_ code: String, _ detail: String) -> Problem { Problem(.conflict, code, detail) }

    static func tooManyRequests(_ code: String, _ detail: String, retryAfter seconds: Int) -> Problem {
        Problem(.tooManyRequests, code, detail).retry(afterSeconds: seconds)
    }

    static func unavailable(_ code: String, _ detail: String, retryAfter seconds: Int = 5) -> Problem {
        Problem(.serviceUnavailable, code, detail).retry(afterSeconds: seconds)
    }

    static let internalError = Problem(
        .internalServerError, "internal_error", "Something failed on our side; the request id tells us what.")
}

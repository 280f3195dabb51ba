import HTTPTypes
import Hummingbird

/// What `Prefer` (RFC 7240) asks for; we know `wait`.
struct Preference: Sendable {
    /// No wait is longer, in seconds.
    static let maximumWait = 30

    /// Whole seconds, 0 to 30; nil without the preference.
    let wait: Int?

    init(_ headers: HTTPFields) {
        let preferences = headers[values: .prefer].flatMap { $0.split(separator: ",") }
        for preference in preferences {
            // The first parameter is the preference itself; `;` alone has none.
            guard let parts = preference.split(separator: ";").first?.split(separator: "=", maxSplits: 1),
                parts.count == 2, parts[0].trimmingSpaces.lowercased() == "wait"
            else { continue }
            let value = parts[1].trimmingSpaces.trimmingPrefix("\"")
            guard let seconds = Int(clamping: value.last == "\"" ? value.dropLast() : value), seconds >= 0
            else { continue }
            wait = min(seconds, Self.maximumWait)
            return
        }
        wait = nil
    }
}

extension HTTPField.Name {
    static let prefer = Self("Prefer")!
    static let preferenceApplied = Self("Preference-Applied")!
    static let idempotencyKey = Self("Idempotency-Key")!
    static let idempotentReplayed = Self("Idempotent-Replayed")!
    static let requestID = Self("X-Request-Id")!
    static let secFetchSite = Self("Sec-Fetch-Site")!
    static let forwardedFor = Self("X-Forwarded-For")!
    static let deprecation = Self("Deprecation")!
    static let referrerPolicy = Self("Referrer-Policy")!
    static let frameOptions = Self("X-Frame-Options")!
    static let openerPolicy = Self("Cross-Origin-Opener-Policy")!
    static let lastEventID = Self("Last-Event-ID")!
    static let link = Self("Link")!
    static let accelBuffering = Self("X-Accel-Buffering")!
}

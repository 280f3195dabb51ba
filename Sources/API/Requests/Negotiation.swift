import HTTPTypes
import Hummingbird

extension Request {
    /// Whether a page is wanted rather than JSON: `text/html` named in `Accept`, and not less than JSON; `*/*` gets the API.
    var prefersHTML: Bool {
        guard let accept = headers[.accept] else { return false }
        var html = 0.0
        var json = 0.0
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            switch parts.first {
            case "text/html", "application/xhtml+xml", "text/*": html = max(html, quality)
            case "application/json", "application/problem+json": json = max(json, quality)
            default: break
            }
        }
        return html > 0 && html >= json
    }

    /// A value of the query, decoded.
    func query(_ name: String) -> String? {
        guard let query = uri.query else { return nil }
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard PercentCoding.decode(parts[0], plusIsSpace: true) == name else { continue }
            return parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
        }
        return nil
    }
}

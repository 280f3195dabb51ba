import Hummingbird

extension Request {
    /// `limit` of a list: 1 to 100, others are clamped, 50 without one.
    var limit: Int {
        guard let text = query("limit"), let limit = Int(clamping: text) else { return 50 }
        return min(max(limit, 1), 100)
    }

    /// `q` of a list: at most 200 characters.
    var searchText: String? {
        get throws(Problem) {
            guard let text = query("q")?.normalized else { return nil }
            if text.unicodeScalars.count > 200 { throw .invalid("q", "Must have at most 200 characters.") }
            if text.unicodeScalars.contains("\0") { throw .invalid("q", "Must not contain the character U+0000.") }
            return text
        }
    }

    /// `cursor` of a list: what an earlier answer gave as `next_cursor`.
    var cursor: String? {
        query("cursor").flatMap { $0.isEmpty ? nil : $0 }
    }
}

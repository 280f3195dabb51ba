import Hummingbird

extension Request {
    /// `limit` of a list: 1 to 100, others are clamped, 50 without one.
    var limit: Int {
        guard let text = query("limit"), let limit = Int(text) else { return 50 }
        return min(max(limit, 1), 100)
    }

    /// `cursor` of a list: what an earlier answer gave as `next_cursor`.
    var cursor: String? {
        query("cursor").flatMap { $0.isEmpty ? nil : $0 }
    }
}

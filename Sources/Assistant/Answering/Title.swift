/// The title of a conversation made offline: the first words of its first question.
public enum Title {
    public static func make(from question: String, limit: Int = 60) -> String {
        let words = question.split(whereSeparator: \.isWhitespace)
        var title = ""
        for word in words {
            guard title.count + word.count < limit else {
                return title.isEmpty ? String(word.prefix(limit - 1)) + "…" : title + "…"
            }
            title += title.isEmpty ? String(word) : " \(word)"
        }
        while let last = title.last, ".?! ".contains(last) { title.removeLast() }
        return title.isEmpty ? "New conversation" : title
    }
}

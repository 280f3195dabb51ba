/// A finished text as deltas of a few words, for providers that have it all at once.
struct Deltas: Sequence, IteratorProtocol {
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
    }

    mutating func next() -> String? {
        guard !rest.isEmpty else { return nil }
        var words = 0
        var end = rest.startIndex
        while end < rest.endIndex, words < 4 {
            if rest[end].isWhitespace { words += 1 }
            end = rest.index(after: end)
        }
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }
}

import FoundationEssentials

extension String {
    /// The title that a text gives: one line without what can't be seen or turns the direction of what follows it, at
    /// most 200 characters.
    var asTitle: String { oneLine(limit: 200) }

    /// The text in one line of at most so many Unicode scalars: a `Character` may be any number of them.
    func oneLine(limit: Int) -> String {
        let visible = unicodeScalars.lazy.filter { !$0.isUnseenInLine }
        let line = String(String.UnicodeScalarView(visible)).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ").unicodeScalars
        return line.count <= limit
            ? String(line) : String(String.UnicodeScalarView(line.prefix(limit - 1))) + "…"
    }
}

extension Unicode.Scalar {
    /// Controls that are no white space, and the marks, embeddings and isolates of bidirectional text.
    fileprivate var isUnseenInLine: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: properties.generalCategory == .control && !properties.isWhitespace
        }
    }
}

/// The words of any input, as queries of FTS5: whatever a person types, nothing of it is taken for query syntax.
package struct FullTextQuery {
    /// Runs of letters, digits and combining marks; at most 64 and each at most 64 characters.
    package let words: [String]

    package init(_ text: String) {
        words = text.unicodeScalars
            .split { scalar in
                !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar.properties.generalCategory == .nonspacingMark)
            }
            .prefix(64)
            .map { String(String.UnicodeScalarView($0.prefix(64))) }
    }

    init(words: [String]) {
        self.words = words
    }

    /// A query that any of the words satisfies; nil when there is none. Words that nearly every English text holds are
    /// left out as long as others remain: they rank nothing, and each would walk through the whole index.
    package var matchingAny: String? {
        let telling = words.filter { !Self.common.contains($0.lowercased()) }
        var seen: Set<String> = []
        let chosen = (telling.isEmpty ? words : telling).filter { seen.insert($0.lowercased()).inserted }
        return chosen.isEmpty ? nil : chosen.map(Self.quoted).joined(separator: " OR ")
    }

    /// A query that needs all of the words, the last one perhaps as a beginning only; nil when there is none.
    package func matchingAll(prefixOfLast: Bool = false) -> String? {
        words.isEmpty ? nil : words.map(Self.quoted).joined(separator: " AND ") + (prefixOfLast ? "*" : "")
    }

    private static func quoted(_ word: String) -> String { "\"\(word)\"" }

    private static let common = Set(
        """
        a about an and are as at be been but by can could did do does for from had has have how i if in into is it its may me \
        my no not of on or our shall should so some than that the their them then there these they this those to was we were \
        what when where which who why will with would you your
        """.split(separator: " ").map(String.init))
}

/// The words of any input, as queries of FTS5: whatever a person types, nothing of it is taken for query syntax.
package struct FullTextQuery {
    /// Runs of letters, digits and combining marks; at most 32 and each at most 64 characters.
    package let words: [String]

    package init(_ text: String) {
        words = text.unicodeScalars
            .split { scalar in
                !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar.properties.generalCategory == .nonspacingMark)
            }
            .prefix(32)
            .map { String(String.UnicodeScalarView($0.prefix(64))) }
    }

    /// A query that any of the words satisfies; nil when there is none.
    package var matchingAny: String? {
        words.isEmpty ? nil : words.map(Self.quoted).joined(separator: " OR ")
    }

    /// A query that needs all of the words, the last one perhaps as a beginning only; nil when there is none.
    package func matchingAll(prefixOfLast: Bool = false) -> String? {
        words.isEmpty ? nil : words.map(Self.quoted).joined(separator: " AND ") + (prefixOfLast ? "*" : "")
    }

    private static func quoted(_ word: String) -> String { "\"\(word)\"" }
}

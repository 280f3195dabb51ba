/// The words of a question that tell what it is about.
package struct QuestionWords: Sendable {
    /// Lower-cased, without those that every question has; all words when nothing else is left.
    package let words: [String]
    /// Whether any word is more than what every question has.
    package let areTelling: Bool

    package init(_ question: String) {
        let all = question.unicodeScalars
            .split { !($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "\u{301}") }
            .map { String(String.UnicodeScalarView($0)).lowercased() }
        let telling = all.filter { !Self.common.contains($0) }
        areTelling = !telling.isEmpty
        words = telling.isEmpty ? all : telling
    }

    /// The words as a query of the keyword leg.
    var search: String { words.joined(separator: " ") }

    private static let common: Set<String> = Set(
        """
        a about after all also am an and any are as at be because been before being between both but by can could did do does \
        doing don for from get had has have having he her here hers him his how i if in into is isn it its itself just let \
        like ll m may me might more most must my no nor not now of off on once only or other our ours out over own please \
        re s same shall she should so some such t tell than that the their theirs them then there these they this those \
        through to too under until up us ve very was we were what when where which while who whom why will with would you \
        your yours
        """.split(separator: " ").map(String.init))
}

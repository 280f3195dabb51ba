/// A question that leans on the one before it ("and how often?"), for which the knowledge base is searched with both.
package struct FollowUp: Sendable {
    private let question: String
    private let history: [Turn]

    package init(question: String, history: [Turn]) {
        self.question = question
        self.history = history
    }

    package var searchedQuestion: String {
        guard leans, let last = history.last(where: { $0.role == .user })?.text else { return question }
        return "\(last) \(question)"
    }

    /// No telling word, or a form that only makes sense after something else.
    private var leans: Bool {
        let words = question.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard let first = words.first else { return false }
        let asksAbout = words.count > 1 && words[1] == "about" && (first == "what" || first == "how")
        return asksAbout || !QuestionWords(question).areTelling || Self.openers.contains(first)
            || words.contains(where: Self.pronouns.contains)
    }

    private static let openers: Set<String> = ["and", "but", "or", "so", "then", "also", "otherwise"]
    private static let pronouns: Set<String> = ["it", "its", "they", "them", "their", "that", "this", "these", "those"]
}

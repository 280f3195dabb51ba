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

    /// Few telling words, or a beginning that only makes sense after something else.
    private var leans: Bool {
        let words = question.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let telling = QuestionWords(question).words
        guard let first = words.first else { return false }
        if telling.count == words.count, words.count > 2 { return false }
        return Self.openers.contains(first) || telling.count <= 1 || words.contains(where: Self.pronouns.contains)
    }

    private static let openers: Set<String> = ["and", "but", "or", "so", "then", "also", "otherwise"]
    private static let pronouns: Set<String> = ["it", "its", "they", "them", "their", "that", "this", "these", "those"]
}

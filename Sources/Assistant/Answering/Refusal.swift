/// The answer when the knowledge base does not hold one.
struct Refusal {
    let text: String

    /// - Parameter nearest: the passages that came nearest; their titles are named so that the asker can look further.
    init(nearest: [Passage]) {
        var names: [String] = []
        for passage in nearest {
            let name = passage.heading.isEmpty ? passage.title : "\(passage.title) › \(passage.heading)"
            if !names.contains(name) { names.append(name) }
            if names.count == 3 { break }
        }
        let sorry = "The knowledge base does not seem to hold an answer to this question."
        if names.isEmpty {
            text = "\(sorry) It has no documents that come near it."
        } else {
            let list = names.map { "- \($0)" }.joined(separator: "\n")
            text = "\(sorry) The nearest it has:\n\n\(list)\n\nTry other words, or ask about one of these."
        }
    }
}

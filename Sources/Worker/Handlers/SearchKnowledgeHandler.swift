import Assistant
import Identifiers
package import Jobs
package import Logging
package import Queue

/// Searches for somebody who waits at the API.
package struct SearchKnowledgeHandler: Sendable {
    let knowledge: Knowledge
    let replies: Replies
    let logger: Logger

    package init(knowledge: Knowledge, replies: Replies, logger: Logger) {
        self.knowledge = knowledge
        self.replies = replies
        self.logger = logger
    }

    package func handle(_ job: SearchKnowledge, _ attempt: Attempt) async throws {
        do {
            let mode = Retriever.Mode(rawValue: job.mode.rawValue) ?? .hybrid
            let found = try await knowledge.parts().retriever.retrieve(job.query, limit: job.limit, mode: mode)
            try await replies.reply(SearchKnowledge.Reply(passages: found.passages.map(passage)), to: attempt.id)
        } catch {
            // Nobody tries again: whoever asked is told now instead of waiting in vain.
            try? await replies.refuse(attempt.id, reason: "the search failed")
            throw error
        }
    }

    private func passage(_ passage: Passage) -> SearchKnowledge.Passage {
        SearchKnowledge.Passage(
            passageID: "\(passage.chunkID)", documentID: passage.documentID.description, title: passage.title,
            heading: passage.heading, text: passage.text, score: passage.score,
            ranks: .init(keyword: passage.ranks.keyword, vector: passage.ranks.vector))
    }
}

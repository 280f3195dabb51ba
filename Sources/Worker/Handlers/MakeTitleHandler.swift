import Assistant
import Identifiers
package import Jobs
package import Queue
import Store

/// Names a conversation by the first words of its first question; a title that a person gave stays.
package struct MakeTitleHandler: Sendable {
    let run: TrackedRun

    package init(run: TrackedRun) {
        self.run = run
    }

    package func handle(_ job: MakeTitle, _ attempt: Attempt) async throws {
        try await run(attempt) { _ in
            guard let id = ConversationID(job.conversationID),
                let conversation = try await run.store.conversations.find(id),
                let leaf = conversation.activeLeafID
            else { return nil }
            let branch = try await run.store.chat.branch(endingAt: leaf, limit: 200)
            guard let question = branch.first(where: { $0.role == .user }) else { return nil }
            _ = try await run.store.conversations.setAutomaticTitle(Title.make(from: question.content), of: id)
            return nil
        }
    }
}

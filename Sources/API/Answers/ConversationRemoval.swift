import FoundationEssentials
import Identifiers
import Jobs
import Queue
import Store

/// Hides a conversation at once and ends its unfinished jobs; a cleanup removes it for good when nobody brought it back.
struct ConversationRemoval: Sendable {
    let store: Store
    let cancellation: JobCancellation
    let dispatcher: Dispatcher

    /// How long a conversation can be brought back.
    static let window = Duration.seconds(30)

    /// False when the account has no such conversation.
    func remove(_ id: ConversationID, of account: AccountID) async throws -> Bool {
        let now = Date()
        let removal = try cleanup(after: id)
        guard let jobs = try await store.conversations.delete(id, of: account, removal: removal, at: now) else {
            return false
        }
        if let job = try await store.jobs.find(removal.id) {
            dispatcher.deliver(job, at: now + Self.window + .seconds(1))
        }
        for job in jobs { await cancellation.announce(job) }
        return true
    }

    private func cleanup(after id: ConversationID) throws -> NewTrackedJob {
        let policy = RunHousekeeping.policy
        let job = RunHousekeeping(entry: "deleted_conversations", tasks: [.conversations])
        return NewTrackedJob(
            kind: RunHousekeeping.kind, queue: policy.queue,
            payload: String(decoding: try job.encodedPayload(), as: UTF8.self),
            maximumAttempts: policy.maximumAttempts, uniqueKey: "remove_conversation:\(id)")
    }
}

import Identifiers
import Store

/// Hides a conversation at once and ends its unfinished jobs; what is left of it goes with the housekeeping when nobody
/// brought it back.
struct ConversationRemoval: Sendable {
    let store: Store
    let cancellation: JobCancellation

    /// False when the account has no such conversation.
    func remove(_ id: ConversationID, of account: AccountID) async throws -> Bool {
        guard let jobs = try await store.conversations.delete(id, of: account) else { return false }
        for job in jobs { await cancellation.announce(job) }
        return true
    }
}

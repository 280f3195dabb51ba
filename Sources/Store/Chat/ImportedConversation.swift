public import FoundationEssentials
public import Identifiers

/// A conversation taken over from another application, with its messages in order.
public struct ImportedConversation: Sendable {
    public struct Message: Sendable {
        public var role: MessageRole
        public var text: String
        public var at: Date

        public init(role: MessageRole, text: String, at: Date) {
            self.role = role
            self.text = text
            self.at = at
        }
    }

    /// Should follow from the original, so that importing twice adds nothing.
    public var id: ConversationID
    public var title: String
    public var createdAt: Date
    public var messages: [Message]

    public init(id: ConversationID, title: String, createdAt: Date, messages: [Message]) {
        self.id = id
        self.title = title
        self.createdAt = createdAt
        self.messages = messages
    }
}

extension Conversations {
    /// Writes an imported conversation in one transaction; false when it is there already.
    public func adopt(_ imported: ImportedConversation, by account: AccountID) async throws -> Bool {
        let ids = imported.messages.map { _ in MessageID.make() }
        return try await store.write { transaction in
            let updated = imported.messages.map(\.at).max() ?? imported.createdAt
            let isNew = try transaction.exists(
                """
                INSERT INTO conversations (id, account_id, title, title_folded, is_titled, created_at, updated_at,
                    message_count, last_position, last_message_preview, active_leaf_id)
                VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
                """, imported.id, account, imported.title, imported.title.folded, imported.createdAt, updated,
                imported.messages.count, Conversation.preview(of: imported.messages.last?.text ?? ""), ids.last)
            guard isNew else { return false }
            var parent: MessageID?
            for (index, message) in imported.messages.enumerated() {
                try Chat.insertMessage(
                    ids[index], role: message.role, text: message.text, parent: parent, conversation: imported.id,
                    account: account, position: Int64(index + 1), at: message.at, in: transaction)
                parent = ids[index]
            }
            try transaction.run(
                "UPDATE messages SET is_searchable = 1 WHERE conversation_id = $1 AND content <> ''", imported.id)
            return true
        }
    }

    /// Keeps an imported message that belongs to no conversation; housekeeping removes it in time.
    public func adoptStray(_ message: ImportedConversation.Message, of account: AccountID) async throws {
        _ = try await store.write {
            try $0.run(
                """
                INSERT INTO messages (id, conversation_id, account_id, position, role, content, status, created_at)
                VALUES ($1, NULL, $2, 0, $3, $4, 'succeeded', $5)
                """, MessageID.make(), account, message.role.rawValue, message.text, message.at)
        }
    }
}

import FoundationEssentials

/// Search of an account's own conversations, SQLite's version (FTS5). Of a word that stands in more than 10,000 of the
/// account's messages only the newest 10,000 count.
extension Conversations {
    static func search(
        _ text: String, account: AccountID, time: Int64, id: String, limit: Int, in transaction: Transaction
    ) throws -> [Conversation] {
        // The account is a phrase of the index, so only its own messages are walked.
        let words = FullTextQuery(text).matchingAll(prefixOfLast: true)
        let match = words.map { "account_id : \"\(account)\" AND content : (\($0))" } ?? ""
        let byText =
            match.isEmpty
            ? "SELECT NULL WHERE $5 <> $5"
            : """
            SELECT conversation_id FROM messages WHERE number IN
                (SELECT rowid FROM message_search WHERE message_search MATCH $5 ORDER BY rowid DESC LIMIT 10000)
            """
        return try transaction.rows(
            """
            SELECT \(Conversation.columns) FROM conversations
            WHERE account_id = $1 AND is_listed = 1 AND deleted_at IS NULL AND (updated_at, id) < ($2, $3)
                AND (title_folded LIKE $4 ESCAPE '!' OR id IN (\(byText)))
            ORDER BY updated_at DESC, id DESC LIMIT $6
            """, account, time, id, Accounts.pattern(holding: text), match, limit, read: Conversation.init)
    }
}

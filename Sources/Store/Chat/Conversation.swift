public import FoundationEssentials
public import Identifiers

/// A conversation as lists show it.
public struct Conversation: Sendable, Equatable {
    public var id: ConversationID
    public var accountID: AccountID
    public var title: String
    /// Whether a person chose the title; an automatic one never replaces it.
    public var titleIsManual: Bool
    public var createdAt: Date
    /// The time of its last message.
    public var updatedAt: Date
    public var messageCount: Int
    public var lastMessagePreview: String
    public var isPinned: Bool
    public var isArchived: Bool
    public var activeLeafID: MessageID?

    static let columns = """
        id, account_id, title, title_is_manual, created_at, updated_at, message_count, last_message_preview, is_pinned, \
        is_archived, active_leaf_id
        """

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        accountID = try row.id(1)
        title = row.text(2)
        titleIsManual = row.bool(3)
        createdAt = row.date(4)
        updatedAt = row.date(5)
        messageCount = row.int(6)
        lastMessagePreview = row.text(7)
        isPinned = row.bool(8)
        isArchived = row.bool(9)
        activeLeafID = try row.optionalID(10)
    }

    /// The beginning of a text in one line, at most 140 characters.
    static func preview(of text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(600))).oneLine(limit: 140)
    }
}

public enum MessageRole: String, Sendable, Codable {
    case user
    case assistant
}

/// A message of a conversation. `sources`, `usage` and `error` are JSON texts.
public struct Message: Sendable, Equatable {
    public var id: MessageID
    public var conversationID: ConversationID?
    public var parentID: MessageID?
    public var role: MessageRole
    /// Its final text; of an unfinished answer what the last checkpoint holds.
    public var content: String
    public var createdAt: Date
    public var status: JobStatus
    public var outcome: String?
    public var sources: String?
    public var usage: String?
    public var error: String?
    /// 1, -1, or 0 for none.
    public var rating: Int
    public var ratingComment: String?
    /// The job that makes, or made, an answer.
    public var jobID: JobID?
    /// Its place in the conversation; grows.
    public var position: Int64

    /// To be selected from `messages m LEFT JOIN jobs j`, see `joinedJobs`.
    static let columns = """
        m.id, m.conversation_id, m.parent_id, m.role, \
        CASE WHEN m.content = '' THEN COALESCE(j.partial_text, '') ELSE m.content END, m.created_at, \
        COALESCE(j.status, m.status), m.outcome, m.sources, m.usage, m.error, m.rating, m.rating_comment, m.job_id, \
        m.position
        """

    /// The job of an unfinished answer, which knows the status and the text so far.
    static let joinedJobs = "LEFT JOIN jobs j ON m.status = 'queued' AND j.id = m.job_id"

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        conversationID = try row.optionalID(1)
        parentID = try row.optionalID(2)
        role = try row.value(3)
        content = row.text(4)
        createdAt = row.date(5)
        status = try row.value(6)
        outcome = row.optionalText(7)
        sources = row.optionalText(8)
        usage = row.optionalText(9)
        error = row.optionalText(10)
        rating = row.int(11)
        ratingComment = row.optionalText(12)
        jobID = try row.optionalID(13)
        position = row.integer(14)
    }
}

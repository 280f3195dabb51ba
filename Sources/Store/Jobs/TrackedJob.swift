public import FoundationEssentials
public import Identifiers

/// The status of a job as people see it.
public enum JobStatus: String, Sendable, CaseIterable, Codable {
    case queued
    case running
    case retrying
    case cancelling
    case succeeded
    case failed
    case cancelled
    case expired

    public var isTerminal: Bool {
        switch self {
        case .queued, .running, .retrying, .cancelling: false
        case .succeeded, .failed, .cancelled, .expired: true
        }
    }
}

/// A job as the Store knows it: the truth of every job a person can see, and the outbox from which it is enqueued.
///
/// JSON columns (`payload`, `error`, `result`) are texts that their writers encode.
public struct TrackedJob: Sendable, Equatable {
    public var id: JobID
    public var accountID: AccountID?
    public var conversationID: ConversationID?
    /// The user's message of an answer.
    public var messageID: MessageID?
    /// The assistant's message of an answer.
    public var responseID: MessageID?
    public var kind: String
    public var queue: String
    public var payload: String
    public var status: JobStatus
    public var stage: String?
    public var attempt: Int
    public var maximumAttempts: Int
    public var fence: Int64
    /// Grows with every visible change, also across a loss of Redis: max(version + 1, Unix milliseconds).
    public var version: Int64
    public var outcome: String?
    public var error: String?
    public var result: String?
    /// The text of the last checkpoint while the job is unfinished, and the feed event that it covers.
    public var partialText: String?
    public var partialEventID: String?
    public var uniqueKey: String?
    public var deadline: Date?
    public var nextAttemptAt: Date?
    public var createdAt: Date
    public var startedAt: Date?
    public var finishedAt: Date?

    static let columns = columns(of: "jobs")

    static func columns(of table: String) -> String {
        [
            "id", "account_id", "conversation_id", "message_id", "response_id", "kind", "queue", "payload", "status",
            "stage", "attempt", "max_attempts", "fence", "version", "outcome", "error", "result", "partial_text",
            "partial_event_id", "unique_key", "deadline", "next_attempt_at", "created_at", "started_at", "finished_at",
        ].map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// How many columns `columns` names: a join's own begin there.
    static let columnCount: Int32 = 25

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        accountID = try row.optionalID(1)
        conversationID = try row.optionalID(2)
        messageID = try row.optionalID(3)
        responseID = try row.optionalID(4)
        kind = row.text(5)
        queue = row.text(6)
        payload = row.text(7)
        status = try row.value(8)
        stage = row.optionalText(9)
        attempt = row.int(10)
        maximumAttempts = row.int(11)
        fence = row.integer(12)
        version = row.integer(13)
        outcome = row.optionalText(14)
        error = row.optionalText(15)
        result = row.optionalText(16)
        partialText = row.optionalText(17)
        partialEventID = row.optionalText(18)
        uniqueKey = row.optionalText(19)
        deadline = row.optionalDate(20)
        nextAttemptAt = row.optionalDate(21)
        createdAt = row.date(22)
        startedAt = row.optionalDate(23)
        finishedAt = row.optionalDate(24)
    }
}

/// A job to be written; the caller enqueues it under the same id after the commit, and reconcile does when that fails.
public struct NewTrackedJob: Sendable {
    public var id: JobID
    public var accountID: AccountID?
    public var kind: String
    public var queue: String
    /// The payload as JSON.
    public var payload: String
    public var maximumAttempts: Int
    /// At most one unfinished job has a given key.
    public var uniqueKey: String?
    /// A job that has not started by then expires.
    public var deadline: Date?

    public init(
        id: JobID = .make(), accountID: AccountID? = nil, kind: String, queue: String, payload: String,
        maximumAttempts: Int, uniqueKey: String? = nil, deadline: Date? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.kind = kind
        self.queue = queue
        self.payload = payload
        self.maximumAttempts = maximumAttempts
        self.uniqueKey = uniqueKey
        self.deadline = deadline
    }
}

/// How the writing of a job ended.
public enum JobCreation: Sendable {
    case created(TrackedJob)
    /// An unfinished job with the same unique key stands; nothing was written.
    case standing(TrackedJob)

    public var job: TrackedJob {
        switch self {
        case .created(let job), .standing(let job): job
        }
    }

    public var isNew: Bool {
        if case .created = self { true } else { false }
    }
}

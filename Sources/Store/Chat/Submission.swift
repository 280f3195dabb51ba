public import Identifiers

/// A caller's idempotency key with the hash of what it sent.
public struct IdempotencyKey: Sendable {
    public var route: String
    public var key: String
    public var bodyHash: String

    public init(route: String, key: String, bodyHash: String) {
        self.route = route
        self.key = key
        self.bodyHash = bodyHash
    }
}

/// A question to be answered: becomes the user's message, an empty answer and the job that fills it.
///
/// The ids are made beforehand, so that the job's payload can name them.
public struct NewQuestion: Sendable {
    /// Where the question goes.
    public enum Place: Sendable {
        /// A conversation of its own; listed, or kept out of every list (the OpenAI-compatible routes).
        case newConversation(title: String, isListed: Bool = true)
        /// Behind the active leaf of a conversation.
        case conversation(ConversationID)
        /// Behind a message of a conversation.
        case after(MessageID, in: ConversationID)
        /// Beside a user's message: an edit that opens a branch.
        case inPlaceOf(MessageID)
    }

    /// A message to stand before the question in a new conversation.
    public struct Preceding: Sendable {
        public var role: MessageRole
        public var content: String

        public init(role: MessageRole, content: String) {
            self.role = role
            self.content = content
        }
    }

    public var account: AccountID
    public var place: Place
    public var text: String
    public var preceding: [Preceding] = []
    /// The job's account and the links to conversation and messages are filled in.
    public var job: NewTrackedJob
    public var idempotency: IdempotencyKey?
    /// How many unfinished answers the account may have, this one included; nil for any number.
    public var maximumUnfinished: Int?
    /// The id of the conversation, used when it is new.
    public var newConversationID: ConversationID
    public var messageID: MessageID
    public var responseID: MessageID

    public init(
        account: AccountID, place: Place, text: String, job: NewTrackedJob, idempotency: IdempotencyKey? = nil,
        maximumUnfinished: Int? = 8, newConversationID: ConversationID = .make(), messageID: MessageID = .make(),
        responseID: MessageID = .make()
    ) {
        self.account = account
        self.place = place
        self.text = text
        self.job = job
        self.idempotency = idempotency
        self.maximumUnfinished = maximumUnfinished
        self.newConversationID = newConversationID
        self.messageID = messageID
        self.responseID = responseID
    }
}

/// A further answer to a question that was answered, or failed to be.
public struct NewAnswer: Sendable {
    public enum Subject: Sendable {
        /// The question of a failed, cancelled or expired job.
        case retry(JobID)
        /// The question of an answer, or the question itself.
        case regenerate(MessageID)
    }

    public var account: AccountID
    public var subject: Subject
    public var job: NewTrackedJob
    public var idempotency: IdempotencyKey?
    public var maximumUnfinished: Int?
    public var responseID: MessageID

    public init(
        account: AccountID, subject: Subject, job: NewTrackedJob, idempotency: IdempotencyKey? = nil,
        maximumUnfinished: Int? = 8, responseID: MessageID = .make()
    ) {
        self.account = account
        self.subject = subject
        self.job = job
        self.idempotency = idempotency
        self.maximumUnfinished = maximumUnfinished
        self.responseID = responseID
    }
}

/// How a submission ended. Everything but `accepted` wrote nothing.
public enum Submission: Sendable {
    case accepted(TrackedJob)
    /// The same key and body came before: its job.
    case replayed(JobID)
    /// The key came before with another body.
    case idempotencyMismatch
    /// An answer in this conversation is unfinished: its job.
    case busy(JobID)
    /// The account has as many unfinished answers as it may have.
    case tooManyUnfinished(Int)
    /// The account has no such conversation, message or job.
    case unknown
    /// The job to be retried is none that failed, was cancelled or expired.
    case notRetryable(JobStatus)
}

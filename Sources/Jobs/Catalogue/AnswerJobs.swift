public import Queue

/// Answers a user's message: the job behind every question.
///
/// Unique by conversation, by an index of the Store.
public struct GenerateAnswer: Job {
    public static let kind = "generate_answer"
    public static let policy = JobPolicy(
        queue: JobQueues.answers, maximumAttempts: 5, timeLimit: .seconds(120),
        backoff: .steps(.seconds(1), .seconds(2), .seconds(5), .seconds(10)))

    /// The message that the answer goes into; the Store knows the question by it.
    public var messageID: String

    public init(messageID: String) {
        self.messageID = messageID
    }

    enum CodingKeys: String, CodingKey {
        case messageID = "message_id"
    }
}

/// Names a conversation after its first answer; a title that its owner gave stays.
public struct MakeTitle: Job {
    public static let kind = "make_title"
    public static let policy = JobPolicy(
        queue: JobQueues.answers, priority: .low, maximumAttempts: 3, timeLimit: .seconds(30),
        backoff: .steps(.seconds(5), .seconds(30)))

    public var conversationID: String

    public init(conversationID: String) {
        self.conversationID = conversationID
    }

    enum CodingKeys: String, CodingKey {
        case conversationID = "conversation_id"
    }
}

public import Queue

/// Sends one mail of the outbox; what it says is made from the Store at each attempt, so no credential lies in Redis.
///
/// Ten attempts over several hours: n⁴ + 15 s.
public struct SendMail: Job {
    public static let kind = "send_mail"
    public static let policy = JobPolicy(queue: JobQueues.mail, maximumAttempts: 10, timeLimit: .seconds(60))

    public var mailID: String

    public init(mailID: String) {
        self.mailID = mailID
    }

    enum CodingKeys: String, CodingKey {
        case mailID = "mail_id"
    }
}

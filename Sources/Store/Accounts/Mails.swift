public import FoundationEssentials
public import Identifiers

public enum MailStatus: String, Sendable, CaseIterable {
    case queued
    case sent
    case failed
}

/// A mail of the outbox. Its text is made when it is sent; links and their tokens are never stored.
public struct OutgoingMail: Sendable, Equatable {
    public var id: MailID
    public var accountID: AccountID?
    /// The template's name, such as `verification`.
    public var purpose: String
    public var recipient: String
    /// The template's values as JSON.
    public var parameters: String
    public var status: MailStatus
    public var attempts: Int
    /// The server's last answer.
    public var lastAnswer: String?
    public var jobID: JobID
    public var createdAt: Date
    public var sentAt: Date?

    static let columns = """
        id, account_id, purpose, recipient, parameters, status, attempts, last_answer, job_id, created_at, sent_at
        """

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        accountID = try row.optionalID(1)
        purpose = row.text(2)
        recipient = row.text(3)
        parameters = row.text(4)
        status = try row.value(5)
        attempts = row.int(6)
        lastAnswer = row.optionalText(7)
        jobID = try row.id(8)
        createdAt = row.date(9)
        sentAt = row.optionalDate(10)
    }
}

/// A mail to be written with its job; the job's unique key keeps one unsent mail an account and purpose.
public struct NewMail: Sendable {
    public var id: MailID
    public var accountID: AccountID?
    public var purpose: String
    public var recipient: String
    public var parameters: String
    public var job: NewTrackedJob

    public init(
        id: MailID = .make(), accountID: AccountID?, purpose: String, recipient: String, parameters: String = "{}",
        job: NewTrackedJob
    ) {
        self.id = id
        self.accountID = accountID
        self.purpose = purpose
        self.recipient = recipient
        self.parameters = parameters
        self.job = job
    }
}

/// How the writing of a mail ended.
public enum MailCreation: Sendable {
    case created(MailID, TrackedJob)
    /// The same mail waits already; its job.
    case standing(TrackedJob)
    /// The last one to this account for this purpose is younger than the given pause; nothing was written.
    case tooSoon
}

public struct Mails: Sendable {
    let store: Store
}

extension Store {
    public var mails: Mails { Mails(store: self) }
}

extension Mails {
    /// Writes a mail with its job in one transaction; `pause` refuses one that follows the last too soon.
    public func create(
        _ new: NewMail, pause: Duration? = nil, at now: Date = Date()
    ) async throws -> MailCreation {
        try await store.write { transaction in
            if let pause,
                try transaction.exists(
                    "SELECT 1 FROM mails WHERE account_id = $1 AND purpose = $2 AND created_at > $3 LIMIT 1",
                    new.accountID, new.purpose, now.unixMilliseconds - pause.milliseconds)
            {
                return .tooSoon
            }
            return try Self.insert(new, at: now, in: transaction)
        }
    }

    public func find(_ id: MailID) async throws -> OutgoingMail? {
        try await store.read {
            try $0.first("SELECT \(OutgoingMail.columns) FROM mails WHERE id = $1", id, read: OutgoingMail.init)
        }
    }

    /// Counts an attempt and returns the mail; nil when it is sent already or gone.
    public func beginAttempt(_ id: MailID) async throws -> OutgoingMail? {
        try await store.write {
            try $0.first(
                """
                UPDATE mails SET attempts = attempts + 1 WHERE id = $1 AND status <> 'sent'
                RETURNING \(OutgoingMail.columns)
                """, id, read: OutgoingMail.init)
        }
    }

    /// The server took the mail.
    public func markSent(_ id: MailID, answer: String, at now: Date = Date()) async throws {
        _ = try await store.write {
            try $0.run(
                "UPDATE mails SET status = 'sent', last_answer = $2, sent_at = $3 WHERE id = $1", id, answer, now)
        }
    }

    /// An attempt failed; `isFinal` when no other follows.
    public func markFailed(_ id: MailID, answer: String, isFinal: Bool) async throws {
        _ = try await store.write {
            try $0.run(
                "UPDATE mails SET status = $3, last_answer = $2 WHERE id = $1 AND status <> 'sent'", id, answer,
                isFinal ? MailStatus.failed.rawValue : MailStatus.queued.rawValue)
        }
    }

    /// A page of the outbox, newest first.
    public func list(
        status: MailStatus? = nil, limit: Int = 50, cursor: String? = nil
    ) async throws -> Page<OutgoingMail> {
        try await store.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT \(OutgoingMail.columns) FROM mails WHERE id < $1 AND (status = $2 OR $2 IS NULL)
                ORDER BY id DESC LIMIT $3
                """, cursor ?? "~", status?.rawValue, limit + 1, read: OutgoingMail.init)
            return Page(reading: rows, limit: limit) { $0.id.description }
        }
    }

    static func insert(_ new: NewMail, at now: Date, in transaction: Transaction) throws -> MailCreation {
        let creation = try JobRows.create(new.job, at: now, in: transaction)
        guard case .created(let job) = creation else { return .standing(creation.job) }
        try transaction.run(
            """
            INSERT INTO mails (id, account_id, purpose, recipient, parameters, status, job_id, created_at)
            VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7)
            """, new.id, new.accountID, new.purpose, new.recipient, new.parameters, job.id, now)
        return .created(new.id, job)
    }
}

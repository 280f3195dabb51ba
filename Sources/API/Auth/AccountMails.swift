import FoundationEssentials
import Identifiers
import Jobs
import Queue
import Store

/// Orders the mails that carry links; their tokens are made when they are sent.
struct AccountMails: Sendable {
    /// The least time between two of a purpose to one account.
    static let pause = Duration.seconds(60)

    let store: Store
    let dispatcher: Dispatcher

    /// The mail that asks to verify an address, to be written with the account.
    func verification(account: AccountID, email: String) throws -> NewMail {
        try mail(.verification, account: account, email: email)
    }

    /// Delivers the job of a mail that was committed with its account.
    func deliver(_ mail: NewMail) async throws {
        if let job = try await store.jobs.find(mail.job.id) { dispatcher.deliver(job) }
    }

    /// Orders a mail; nothing happens within a minute of the last of its purpose, or while one waits.
    func order(_ purpose: EmailPurpose, account: AccountID, email: String) async throws {
        let creation = try await store.mails.create(
            mail(purpose, account: account, email: email), pause: Self.pause)
        if case .created(_, let job) = creation { dispatcher.deliver(job) }
    }

    private func mail(_ purpose: EmailPurpose, account: AccountID, email: String) throws -> NewMail {
        let id = MailID.make()
        let payload = try SendMail(mailID: id.description).encodedPayload()
        return NewMail(
            id: id, accountID: account, purpose: purpose.rawValue, recipient: email,
            job: NewTrackedJob(
                accountID: account, kind: SendMail.kind, queue: SendMail.policy.queue,
                payload: String(decoding: payload, as: UTF8.self),
                maximumAttempts: SendMail.policy.maximumAttempts,
                uniqueKey: "mail:\(purpose.rawValue):\(account):\(SignIns.hash(email.lowercased()).prefix(16))"))
    }
}

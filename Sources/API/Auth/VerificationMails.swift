import FoundationEssentials
import Identifiers
import Jobs
import Queue
import Store

/// Orders the mails that carry verification links; their tokens are made when they are sent.
struct VerificationMails: Sendable {
    /// The least time between two to one account.
    static let pause = Duration.seconds(60)

    let store: Store
    let dispatcher: Dispatcher

    /// The mail that greets a new account, to be written with it.
    func greeting(account: AccountID, email: String) throws -> NewMail {
        try mail(account: account, email: email)
    }

    /// Delivers the job of a mail that was committed with its account.
    func deliver(_ mail: NewMail) async throws {
        if let job = try await store.jobs.find(mail.job.id) { dispatcher.deliver(job) }
    }

    /// Orders another one; nothing happens within a minute of the last, or while one waits.
    func order(account: AccountID, email: String) async throws {
        let creation = try await store.mails.create(mail(account: account, email: email), pause: Self.pause)
        if case .created(_, let job) = creation { dispatcher.deliver(job) }
    }

    private func mail(account: AccountID, email: String) throws -> NewMail {
        let id = MailID.make()
        let purpose = EmailPurpose.verification.rawValue
        let payload = try SendMail(mailID: id.description).encodedPayload()
        return NewMail(
            id: id, accountID: account, purpose: purpose, recipient: email,
            job: NewTrackedJob(
                accountID: account, kind: SendMail.kind, queue: SendMail.policy.queue,
                payload: String(decoding: payload, as: UTF8.self),
                maximumAttempts: SendMail.policy.maximumAttempts, uniqueKey: "mail:\(purpose):\(account)"))
    }
}

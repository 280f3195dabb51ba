import Assistant
import Curl
import Foundation
import Identifiers
import Jobs
import Mail
import Queue
import Store
import Synchronization
import TestSupport
import Testing
import Worker

@Suite struct SendMailTests {
    /// Takes mails, or throws what it is told to.
    private final class Postbox: Mailer {
        let messages = Mutex<[MailMessage]>([])
        let errors: Mutex<[MailError]>

        init(failing errors: MailError...) {
            self.errors = Mutex(errors)
        }

        func send(_ message: MailMessage) async throws -> String {
            messages.withLock { $0.append(message) }
            let error = errors.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let error { throw error }
            return "250 taken"
        }

        var taken: [MailMessage] { messages.withLock { $0 } }
    }

    private struct Mailing {
        let fixture: Fixture
        let account: Account
        let mail: MailID
        let job: TrackedJob
        let handler: SendMailHandler

        func send(number: Int = 1, fence: Int64 = 1) async throws {
            try await handler.handle(
                SendMail(mailID: mail.description), fixture.attempt(job, number: number, fence: fence))
        }

        var status: MailStatus? { get async throws { try await fixture.store.mails.find(mail)?.status } }
    }

    private func mailing(
        _ postbox: Postbox, purpose: EmailPurpose = .verification, isVerified: Bool = false
    ) async throws -> Mailing {
        let fixture = try await Fixture()
        let account = try await fixture.account(isVerified: isVerified)
        let id = MailID.make()
        let creation = try await fixture.store.mails.create(
            NewMail(
                id: id, accountID: account.id, purpose: purpose.rawValue, recipient: account.email,
                job: try fixture.row(SendMail(mailID: id.description))))
        guard case .created(_, let job) = creation else { throw Unexpected("\(creation)") }
        let handler = SendMailHandler(
            run: fixture.run, mailer: postbox, from: MailAddress(name: "Tern", address: "tern@example.com"),
            publicURL: "https://tern.example.com")
        return Mailing(fixture: fixture, account: account, mail: id, job: job, handler: handler)
    }

    private func token(in message: MailMessage, after path: String) throws -> String {
        let start = try #require(message.content.text.range(of: path)).upperBound
        return String(message.content.text[start...].prefix { !$0.isWhitespace })
    }

    /// The hash that the API computes of a link it is visited by: SHA-256, in hexadecimal.
    private func hash(_ token: String) -> String { Ingest.hash(token) }

    @Test func `a verification mail holds a link that verifies`() async throws {
        let postbox = Postbox()
        let mailing = try await mailing(postbox)
        try await mailing.send()
        let message = try #require(postbox.taken.first)
        #expect(message.to.address == "person@example.com")
        let token = try token(in: message, after: "https://tern.example.com/api/auth/verify-email/")
        #expect(token.count == 43)
        #expect(
            try await mailing.fixture.store.emailTokens.verify(hash: hash(token)) == .verified(mailing.account.id))
        let sent = try #require(try await mailing.fixture.store.mails.find(mailing.mail))
        #expect(sent.status == .sent && sent.lastAnswer == "250 taken" && sent.attempts == 1)
        #expect(try await mailing.fixture.found(mailing.job).status == .succeeded)
    }

    @Test func `a reset mail leads to the page that sets a password`() async throws {
        let postbox = Postbox()
        let mailing = try await mailing(postbox, purpose: .passwordReset, isVerified: true)
        try await mailing.send()
        let token = try token(
            in: try #require(postbox.taken.first), after: "https://tern.example.com/password-reset?token=")
        #expect(
            try await mailing.fixture.store.emailTokens.accountForReset(hash: hash(token)) == mailing.account.id)
    }

    @Test func `each attempt has a token of its own and the same message id`() async throws {
        let postbox = Postbox(failing: .later("451 busy"))
        let mailing = try await mailing(postbox)
        await #expect(throws: MailError.self) { try await mailing.send() }
        #expect(try await mailing.status == .queued)
        try await mailing.send(number: 2, fence: 2)
        let messages = postbox.taken
        #expect(messages.count == 2)
        #expect(messages[0].id == messages[1].id && messages[0].date == messages[1].date)
        let links = try messages.map { try token(in: $0, after: "/api/auth/verify-email/") }
        #expect(links[0] != links[1])
        for link in links {
            #expect(try await mailing.fixture.store.emailTokens.verify(hash: hash(link)) != .unknown)
        }
    }

    @Test func `a refused recipient ends the job for good`() async throws {
        let mailing = try await mailing(Postbox(failing: .rejected("550 no such user")))
        let error = await #expect(throws: Unrecoverable.self) { try await mailing.send() }
        #expect(error?.failureCode == "mail_refused")
        let mail = try #require(try await mailing.fixture.store.mails.find(mailing.mail))
        #expect(mail.status == .failed && mail.lastAnswer == "550 no such user")
    }

    @Test func `a refused login is waited out and costs no attempt`() async throws {
        let mailing = try await mailing(Postbox(failing: .misconfigured("535 bad credentials")))
        await #expect(throws: Snooze.self) { try await mailing.send() }
        let mail = try #require(try await mailing.fixture.store.mails.find(mailing.mail))
        #expect(mail.status == .queued && mail.lastAnswer == "535 bad credentials")
    }

    @Test func `a mail is not sent again once it is sent`() async throws {
        let postbox = Postbox()
        let mailing = try await mailing(postbox)
        try await mailing.fixture.store.mails.markSent(mailing.mail, answer: "250 taken")
        try await mailing.send()
        #expect(postbox.taken.isEmpty)
        #expect(try await mailing.fixture.found(mailing.job).status == .succeeded)
    }

    @Test func `nobody is asked to verify twice`() async throws {
        let postbox = Postbox()
        let mailing = try await mailing(postbox, isVerified: true)
        try await mailing.send()
        #expect(postbox.taken.isEmpty)
        #expect(try await mailing.status == .failed)
    }

    @Test func `a real server gets the mail`() async throws {
        let server = try await SMTPServer.start()
        let fixture = try await Fixture()
        let account = try await fixture.account()
        let id = MailID.make()
        _ = try await fixture.store.mails.create(
            NewMail(
                id: id, accountID: account.id, purpose: "verification", recipient: account.email,
                job: try fixture.row(SendMail(mailID: id.description))))
        let mail = try #require(try await fixture.store.mails.find(id))
        let job = try #require(try await fixture.store.jobs.find(mail.jobID))
        let handler = SendMailHandler(
            run: fixture.run, mailer: SMTPMailer(host: "127.0.0.1", port: server.port, security: .none),
            from: MailAddress(address: "tern@example.com"), publicURL: "http://127.0.0.1")
        try await handler.handle(SendMail(mailID: id.description), fixture.attempt(job))
        let message = try await server.message(to: account.email)
        #expect(message.text.contains("Message-ID: <\(id)@example.com>"))
        #expect(try await fixture.store.mails.find(id)?.status == .sent)
    }
}

import Logging
import Crypto
package import FoundationEssentials
import Identifiers
package import Jobs
package import Mail
package import Queue
import Store

/// Sends a mail of the outbox: made anew at each attempt, with a token of its own, always under the same Message-ID.
package struct SendMailHandler: Sendable {
    let run: TrackedRun
    let mailer: any Mailer
    let from: MailAddress
    /// Where links lead, without a slash at the end.
    let publicURL: String
    /// How long to wait for the operator when the server refuses the login.
    let patience: Duration
    let now: @Sendable () -> Date

    package init(
        run: TrackedRun, mailer: any Mailer, from: MailAddress, publicURL: String, patience: Duration = .seconds(300),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.run = run
        self.mailer = mailer
        self.from = from
        self.publicURL = publicURL
        self.patience = patience
        self.now = now
    }

    package func handle(_ job: SendMail, _ attempt: Attempt) async throws {
        try await run(attempt) { _ in
            guard let id = MailID(job.mailID), let mail = try await run.store.mails.beginAttempt(id) else { return nil }
            guard let content = try await content(of: mail) else {
                try await run.store.mails.markFailed(id, answer: "not needed any more", isFinal: true)
                return nil
            }
            let message = MailMessage(
                id: mail.id.description, date: mail.createdAt, from: from, to: MailAddress(address: mail.recipient),
                content: content)
            try await deliver(message, mail.id, attempt)
            return nil
        }
    }

    /// The text with a fresh link; nil when nobody waits for it any more.
    private func content(of mail: OutgoingMail) async throws -> MailContent? {
        guard let id = mail.accountID, let account = try await run.store.accounts.find(id), account.isActive,
            account.email == mail.recipient
        else { return nil }
        let template = MailTemplate(product: "Tern", username: account.username)
        switch EmailPurpose(rawValue: mail.purpose) {
        case .verification:
            if account.isVerified { return nil }
            let token = try await makeToken(for: account, .verification, hours: 24)
            return template.verification(link: "\(publicURL)/api/auth/verify-email/\(token)")
        case .passwordReset:
            let token = try await makeToken(for: account, .passwordReset, hours: 1)
            return template.passwordReset(link: "\(publicURL)/password-reset?token=\(token)")
        case nil:
            return template.test(link: publicURL)
        }
    }

    /// A token that only the mail holds; the Store knows its hash.
    private func makeToken(for account: Account, _ purpose: EmailPurpose, hours: Double) async throws -> String {
        let token = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let hash = SHA256.hash(data: Data(token.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        try await run.store.emailTokens.insert(
            hash: hash.joined(), account: account.id, purpose: purpose, email: account.email,
            expiresAt: now().addingTimeInterval(hours * 3600), at: now())
        return token
    }

    private func deliver(_ message: MailMessage, _ id: MailID, _ attempt: Attempt) async throws {
        do {
            let answer = try await mailer.send(message)
            try await run.store.mails.markSent(id, answer: answer, at: now())
        } catch let error as MailError {
            switch error {
            case .later(let answer):
                try await run.store.mails.markFailed(id, answer: answer, isFinal: attempt.isLast)
                throw error
            case .rejected(let answer), .malformed(let answer):
                try await run.store.mails.markFailed(id, answer: answer, isFinal: true)
                throw Unrecoverable(answer, code: "mail_refused")
            case .misconfigured(let answer):
                // Every mail would fail: none is given up for it, they wait for the settings to be mended.
                run.logger.error("mail settings refused", metadata: ["error": "\(answer)"])
                try await run.store.mails.markFailed(id, answer: answer, isFinal: false)
                throw Snooze(for: patience, reason: answer)
            }
        }
    }
}

/// Hands mails over: to a server, or to a folder where none is configured.
public protocol Mailer: Sendable {
    /// Returns what the receiver answered; throws `MailError`. Sending the same message again is the same mail again,
    /// with the same Message-ID.
    func send(_ message: MailMessage) async throws -> String
}

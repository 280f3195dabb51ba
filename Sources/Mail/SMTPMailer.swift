public import Curl

/// Hands mails to an SMTP server; the connection is kept between them.
public struct SMTPMailer: Mailer {
    public var host: String
    public var port: Int
    public var security: SMTPRequest.Security
    public var username: String?
    public var password: String?
    /// Certificates to trust instead of the system's.
    public var authorityFile: String?

    public init(
        host: String, port: Int, security: SMTPRequest.Security, username: String? = nil, password: String? = nil,
        authorityFile: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.username = username
        self.password = password
        self.authorityFile = authorityFile
    }

    public func send(_ message: MailMessage) async throws -> String {
        var request = SMTPRequest(
            host: host, port: port, security: security, sender: message.from.address,
            recipient: message.to.address, message: try message.rendered())
        (request.username, request.password) = (username, password)
        request.authorityFile = authorityFile
        do {
            return try await request.send().description
        } catch let failure as SMTPFailure {
            throw MailError(failure)
        }
    }
}

extension MailError {
    init(_ failure: SMTPFailure) {
        switch failure {
        case .unreachable, .busy: self = .later(failure.description)
        case .rejected: self = .rejected(failure.description)
        case .misconfigured: self = .misconfigured(failure.description)
        }
    }
}

import CCurl

/// One message on its way to an SMTP server: where, as whom, from and to whom, and its bytes.
public struct SMTPRequest: Sendable {
    public enum Security: Sendable {
        case none, startTLS, implicitTLS
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var username: String?
    public var password: String?
    /// Certificates to trust instead of the system's.
    public var authorityFile: String?
    /// Bare addresses of the envelope.
    public var sender: String
    public var recipient: String
    /// The message with CRLF at its line ends.
    public var message: [UInt8]
    public var limits: TimeLimits

    public init(
        host: String, port: Int, security: Security, sender: String, recipient: String, message: [UInt8],
        limits: TimeLimits = TimeLimits(connect: .seconds(10), total: .seconds(50))
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.sender = sender
        self.recipient = recipient
        self.message = message
        self.limits = limits
    }

    /// Connects, signs in, hands the message over and returns the server's last answer; else throws `SMTPFailure`.
    public func send() async throws -> SMTPReply {
        let transfer: Transfer
        do {
            transfer = try Transfer(handle(), limits: limits, upload: message, isDialogue: true)
        } catch {
            throw SMTPFailure.misconfigured("\(error)")
        }
        let running = RunningTransfer(transfer, on: .mail)
        do {
            try await running.end()
        } catch let error as CurlError {
            throw SMTPFailure(error, lastVerb: transfer.lastVerb, reply: SMTPReply(dialogue: transfer.dialogue))
        }
        return SMTPReply(dialogue: transfer.dialogue) ?? SMTPReply(code: 250, text: "")
    }

    private func handle() throws(CurlError) -> EasyHandle {
        for address in [sender, recipient] where address.utf8.contains(where: { $0 <= 32 || $0 >= 127 || $0 == 62 }) {
            throw .invalidRequest("'\(address)' can't stand in an envelope")
        }
        let handle = try EasyHandle()
        try handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        let scheme = security == .implicitTLS ? "smtps" : "smtp"
        try handle.set(CURLOPT_URL, "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/tern")
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_USE_SSL, Int((security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue))
        if let username {
            try handle.set(CURLOPT_USERNAME, username)
            try handle.set(CURLOPT_PASSWORD, password ?? "")
        }
        if let authorityFile { try handle.set(CURLOPT_CAINFO, authorityFile) }
        try handle.set(CURLOPT_MAIL_FROM, "<\(sender)>")
        try handle.set(CURLOPT_MAIL_RCPT, lines: ["<\(recipient)>"])
        try handle.set(CURLOPT_UPLOAD, 1)
        try handle.setUploadSize(message.count)
        // libcurl waits for the answer to the message without leaving its thread: bound it.
        try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, 30)
        return handle
    }
}

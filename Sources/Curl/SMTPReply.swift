/// A server's answer: its code and its text.
public struct SMTPReply: Sendable, Equatable, CustomStringConvertible {
    public var code: Int
    public var text: String

    public init(code: Int, text: String) {
        self.code = code
        self.text = text
    }

    public var description: String { text.isEmpty ? "\(code)" : "\(code) \(text)" }

    /// The last answer of a dialogue: lines of the same code with `-` after it belong together (RFC 5321, 4.2.1).
    init?(dialogue: [String]) {
        let lines = dialogue.map { $0.split(whereSeparator: \.isNewline).first ?? "" }.filter { !$0.isEmpty }
        guard let last = lines.last, let code = Int(last.prefix(3)) else { return nil }
        var texts = [String(last.dropFirst(4))]
        for line in lines.dropLast().reversed() {
            guard line.hasPrefix("\(code)-") else { break }
            texts.insert(String(line.dropFirst(4)), at: 0)
        }
        self.init(code: code, text: texts.joined(separator: " "))
    }
}

/// Why a message was not handed over, told apart by what helps.
public enum SMTPFailure: Error, Equatable, CustomStringConvertible {
    /// No connection, or it broke: trying again helps.
    case unreachable(String)
    /// The server asks to come back later (4xx).
    case busy(SMTPReply)
    /// The server will never take this message for this recipient (5xx).
    case rejected(SMTPReply)
    /// Login, encryption or sender refused: the settings are to be mended, no message is at fault.
    case misconfigured(String)

    init(_ error: CurlError, lastVerb: String, reply: SMTPReply?) {
        guard let reply, reply.code >= 400 else {
            if case .invalidRequest(let reason) = error {
                self = .misconfigured(reason)
            } else {
                self = .unreachable("\(error)")
            }
            return
        }
        let isLogin = [530, 534, 535, 538].contains(reply.code)
        switch (reply.code, lastVerb) {
        case (400..<500, _): self = .busy(reply)
        case (_, "RCPT") where !isLogin, (_, "DATA") where !isLogin: self = .rejected(reply)
        // Before a login and a sender there is only the server's own state: it may not take mail at the moment.
        case (_, ""), (_, "EHLO"), (_, "HELO"): self = .unreachable("\(reply)")
        default: self = .misconfigured("\(reply)")
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let reason): "the mail server can't be reached: \(reason)"
        case .busy(let reply): "the mail server asks to try later: \(reply)"
        case .rejected(let reply): "the mail server rejects the message: \(reply)"
        case .misconfigured(let reason): "the mail server does not take our login or sender: \(reason)"
        }
    }
}

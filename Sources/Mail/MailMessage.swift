public import FoundationEssentials

/// A mail of two bodies, plain and HTML, ready to be written as RFC 5322 wants it.
public struct MailMessage: Sendable {
    /// Letters, digits and `-._`: becomes the left side of the Message-ID, so a mail that is sent again is known by it.
    public var id: String
    public var date: Date
    public var from: MailAddress
    public var to: MailAddress
    public var content: MailContent

    public init(id: String, date: Date, from: MailAddress, to: MailAddress, content: MailContent) {
        self.id = id
        self.date = date
        self.from = from
        self.to = to
        self.content = content
    }

    /// The message with CRLF at every line end, the same bytes each time.
    public func rendered() throws(MailError) -> [UInt8] {
        guard !id.isEmpty, id.utf8.allSatisfy(Self.isIdentifierByte) else { throw .malformed("'\(id)' is no mail id") }
        // Quoted-printable never has "=_", so no body can hold the boundary.
        let boundary = "=_\(id)"
        var text = try HeaderText.field("From", from) + HeaderText.field("To", to)
        text += try HeaderText.field("Subject", content.subject)
        text += "Date: \(Self.format(date))\r\nMessage-ID: <\(id)@\(from.domain)>\r\n"
        // Out-of-office answers to a machine help nobody (RFC 3834).
        text += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        text += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
        for (type, body) in [("plain", content.text), ("html", content.html)] {
            text += "--\(boundary)\r\nContent-Type: text/\(type); charset=utf-8\r\n"
            text += "Content-Transfer-Encoding: quoted-printable\r\n\r\n\(QuotedPrintable.encode(body))\r\n"
        }
        return Array((text + "--\(boundary)--\r\n").utf8)
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func format(_ date: Date) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = UTCTime(date)
        let clock = [parts.hour, parts.minute, parts.second].map(UTCTime.two).joined(separator: ":")
        return "\(days[parts.weekday]), \(parts.day) \(months[parts.month - 1]) \(parts.year) \(clock) +0000"
    }
}

/// What a mail says.
public struct MailContent: Sendable, Equatable {
    public var subject: String
    public var text: String
    public var html: String

    public init(subject: String, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

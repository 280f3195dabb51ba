/// The mails that Tern writes.
public struct MailTemplate: Sendable {
    /// The name of the product, as its users know it.
    public var product: String
    /// Who the mail is for.
    public var username: String

    public init(product: String, username: String) {
        self.product = product
        self.username = username
    }

    /// Asks to follow a link that proves the address.
    public func verification(link: String) -> MailContent {
        letter(
            subject: "Confirm your email address for \(product)",
            lead: "Please confirm that this is your email address.",
            action: "Confirm address", link: link,
            notes: [
                "The link works for 24 hours.",
                "If you did not sign up for \(product), ignore this mail and nothing will happen.",
            ])
    }

    /// Gives a link that sets a new password.
    public func passwordReset(link: String) -> MailContent {
        letter(
            subject: "Set a new password for \(product)",
            lead: "Someone, probably you, asked to set a new password for your account.",
            action: "Set a new password", link: link,
            notes: [
                "The link works once, for one hour.",
                "If you did not ask for it, ignore this mail: your password stays as it is.",
            ])
    }

    /// Shows an administrator that mail works.
    public func test(link: String) -> MailContent {
        letter(
            subject: "Test mail from \(product)", lead: "This mail shows that \(product) can send mail.",
            action: "Open \(product)", link: link, notes: ["Nothing else is to be done."])
    }

    private func letter(
        subject: String, lead: String, action: String, link: String, notes: [String]
    ) -> MailContent {
        let text = """
            Hello \(username),

            \(lead)

            \(action):
            \(link)

            \(notes.joined(separator: "\n"))

            \(product)

            """
        let paragraphs = notes.map { #"<p style="color:#57606a;font-size:14px">\#(escaped($0))</p>"# }
        let html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(escaped(subject))</title></head>
            <body style="margin:0;padding:24px;background:#f6f8fa;font-family:sans-serif;font-size:16px;color:#1f2328">
            <div style="max-width:480px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
            <h1 style="font-size:20px;margin:0 0 16px">\(escaped(product))</h1>
            <p>Hello \(escaped(username)),</p>
            <p>\(escaped(lead))</p>
            <p><a href="\(escaped(link))"
            style="display:inline-block;padding:10px 16px;background:#0b5cad;color:#ffffff;text-decoration:none;\
            border-radius:6px">\(escaped(action))</a></p>
            <p style="font-size:14px;word-break:break-all">\(escaped(link))</p>
            \(paragraphs.joined(separator: "\n"))
            </div></body></html>

            """
        return MailContent(subject: subject, text: text, html: html)
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}

import Foundation
import Mail
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct MailMessageTests {
    private func message(
        subject: String = "Hello", name: String = "Tern", text: String = "text", html: String = "<p>html</p>"
    ) -> MailMessage {
        MailMessage(
            id: "0197-abc", date: Date(timeIntervalSince1970: 1_795_567_260.5),
            from: MailAddress(name: name, address: "tern@example.com"), to: MailAddress(address: "ann@example.com"),
            content: MailContent(subject: subject, text: text, html: html))
    }

    private func rendered(_ message: MailMessage) throws -> String {
        String(decoding: try message.rendered(), as: UTF8.self)
    }

    @Test func `the header names date, sender, recipient and a lasting id`() throws {
        let text = try rendered(message())
        #expect(text.contains("From: \"Tern\"\r\n <tern@example.com>\r\n"))
        #expect(text.contains("To: ann@example.com\r\n"))
        #expect(text.contains("Subject: Hello\r\n"))
        #expect(text.contains("Date: Wed, 25 Nov 2026 00:41:00 +0000\r\n"))
        #expect(text.contains("Message-ID: <0197-abc@example.com>\r\n"))
        #expect(try rendered(message()) == text)
    }

    @Test func `lines end with CRLF and are short`() throws {
        let long = String(repeating: "wörter und mehr ", count: 40)
        let text = try rendered(message(subject: long, name: long, text: long, html: long))
        #expect(!text.replacing("\r\n", with: "").contains { $0.isNewline })
        for line in text.split(separator: "\r\n") { #expect(line.utf8.count <= 78, "\(line)") }
    }

    /// Python's own reader of mails is the judge.
    @Test(arguments: [
        ("Hello", "Tern"), ("Grüße aus Köln – 你好 🐦", "Tern, \"the\" bird\\"), ("=?utf-8?B?eA==?=", "Jörg Müller"),
        (String(repeating: "long subject ", count: 20), String(repeating: "日本語", count: 4)),
    ])
    func `another reader finds what was written`(subject: String, name: String) async throws {
        let body = "Grüße =3D\n.\n..dots\nFrom here \ttab \n\(String(repeating: "x", count: 200))\nend"
        let folder = try TemporaryDirectory()
        let bytes = try message(subject: subject, name: name, text: body, html: "<p>\(body)</p>").rendered()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("mail.eml")))
        let script = """
            import email, email.policy, json, sys
            mail = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
            sender = mail["From"].addresses[0]
            print(json.dumps({
                "subject": mail["Subject"], "name": sender.display_name, "address": sender.addr_spec,
                "text": mail.get_body(("plain",)).get_content(), "html": mail.get_body(("html",)).get_content(),
                "defects": len(mail.defects),
            }))
            """
        let result = try await ChildProcess.run("/usr/bin/python3", ["-c", script, folder.file("mail.eml")])
        struct Read: Decodable {
            var subject: String
            var name: String
            var address: String
            var text: String
            var html: String
            var defects: Int
        }
        let read = try JSONDecoder().decode(Read.self, from: Data(result.output.utf8))
        let text = read.text.replacing("\r\n", with: "\n")
        let html = read.html.replacing("\r\n", with: "\n")
        #expect(read.subject == subject)
        #expect(read.name == name)
        #expect(read.address == "tern@example.com")
        #expect(text.hasPrefix(body))
        #expect(html.hasPrefix("<p>\(body)</p>"))
        #expect(read.defects == 0)
    }

    @Test(arguments: ["Hi\r\nBcc: all@example.com", "Hi\nX: y", "Hi\r", "Hi\0"])
    func `a line break in a header is refused`(evil: String) {
        #expect(throws: MailError.self) { try message(subject: evil).rendered() }
        #expect(throws: MailError.self) { try message(name: evil).rendered() }
        var toMany = message()
        toMany.to = MailAddress(address: "ann@example.com\(evil)")
        #expect(throws: MailError.self) { try toMany.rendered() }
        var unnamed = message()
        unnamed.id = evil
        #expect(throws: MailError.self) { try unnamed.rendered() }
    }

    @Test func `an address is read with and without a name`() throws {
        #expect(try MailAddress(parsing: "a@b.c") == MailAddress(address: "a@b.c"))
        #expect(try MailAddress(parsing: "Tern <a@b.c>") == MailAddress(name: "Tern", address: "a@b.c"))
        #expect(try MailAddress(parsing: "\"Tern, bird\" <a@b.c>") == MailAddress(name: "Tern, bird", address: "a@b.c"))
        for text in ["", "a", "Tern <a>", "Tern <a@b@c>", "<a@b.c", "a b@c.d", "a@b.c, d@e.f"] {
            #expect(throws: MailError.self) { try MailAddress(parsing: text) }
        }
    }
}

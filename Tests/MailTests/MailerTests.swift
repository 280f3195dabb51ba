import Curl
import Foundation
import Mail
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct MailerTests {
    private func message(to address: String = "ann@example.com") -> MailMessage {
        MailMessage(
            id: "0197-abc", date: Date(timeIntervalSince1970: 1_795_567_260),
            from: MailAddress(name: "Tern", address: "tern@example.com"), to: MailAddress(address: address),
            content: MailTemplate(product: "Tern", username: "ann").verification(link: "https://tern.example/v/abc"))
    }

    @Test func `a mail goes to the server with the bytes it was written with`() async throws {
        let server = try await SMTPServer.start()
        let mailer = SMTPMailer(host: "127.0.0.1", port: server.port, security: .none)
        #expect(try await mailer.send(message()).hasPrefix("250 "))
        let taken = try await server.message(to: "ann@example.com")
        #expect(taken.sender == "tern@example.com")
        #expect(taken.text == String(decoding: try message().rendered(), as: UTF8.self))
    }

    @Test func `failures tell what helps`() async throws {
        let server = try await SMTPServer.start(login: ("tern", "secret"))
        var mailer = SMTPMailer(
            host: "127.0.0.1", port: server.port, security: .none, username: "tern", password: "secret")
        await #expect(throws: MailError.rejected("the mail server rejects the message: 550 5.1.1 no such mailbox here"))
        {
            try await mailer.send(message(to: "reject@example.com"))
        }
        await #expect(throws: MailError.later("the mail server asks to try later: 451 4.3.0 come back later")) {
            try await mailer.send(message(to: "busy@example.com"))
        }
        mailer.password = "wrong"
        do {
            _ = try await mailer.send(message())
            Issue.record("the mail went out")
        } catch MailError.misconfigured {}
        try await server.stop()
        do {
            _ = try await mailer.send(message())
            Issue.record("the mail went out")
        } catch MailError.later {}
    }

    @Test func `without a server a mail becomes a file, the same one when it is sent again`() async throws {
        let folder = try TemporaryDirectory()
        let mailer = FileMailer(folder: folder.file("mail"))
        let path = try await mailer.send(message())
        #expect(path == folder.file("mail/20261125T004100Z-0197-abc.eml"))
        #expect(try await mailer.send(message()) == path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("mail")).count == 1)
        #expect(FileManager.default.contents(atPath: path) == Data(try message().rendered()))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a folder that can't be written asks for another time`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("a file", to: "mail")
        do {
            _ = try await FileMailer(folder: folder.file("mail")).send(message())
            Issue.record("the mail was written")
        } catch MailError.later {}
    }

    @Test func `a template holds product, name and link and escapes them in HTML`() {
        let template = MailTemplate(product: "Tern & Co", username: "<ann>")
        for content in [
            template.verification(link: "https://x.example/?a=1&b=2"),
            template.passwordReset(link: "https://x.example/?a=1&b=2"),
        ] {
            #expect(content.subject.contains("Tern & Co"))
            #expect(content.text.contains("Hello <ann>,"))
            #expect(content.text.contains("\nhttps://x.example/?a=1&b=2\n"))
            #expect(content.html.contains("&lt;ann&gt;"))
            #expect(content.html.contains("href=\"https://x.example/?a=1&amp;b=2\""))
            #expect(!content.html.contains("<ann>"))
        }
    }
}

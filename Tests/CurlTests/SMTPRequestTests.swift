import Curl
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SMTPRequestTests {
    private func request(_ server: SMTPServer, to recipient: String = "ann@example.com") -> SMTPRequest {
        let message = "Subject: hello\r\n\r\nfirst\r\n.dot\r\n..\r\nlast\r\n"
        return SMTPRequest(
            host: "127.0.0.1", port: server.port, security: .none, sender: "tern@example.com", recipient: recipient,
            message: Array(message.utf8))
    }

    @Test func `a message arrives whole and the answer comes back`() async throws {
        let server = try await SMTPServer.start()
        let reply = try await request(server).send()
        #expect(reply.code == 250)
        #expect(reply.text.hasPrefix("2.0.0 taken as"))
        let message = try await server.message(to: "ann@example.com")
        #expect(message.sender == "tern@example.com")
        #expect(message.text == "Subject: hello\r\n\r\nfirst\r\n.dot\r\n..\r\nlast\r\n")
    }

    @Test func `several messages go one after the other`() async throws {
        let server = try await SMTPServer.start()
        for number in 0..<5 { _ = try await request(server, to: "user\(number)@example.com").send() }
        #expect(try server.messages().map(\.recipients) == (0..<5).map { ["user\($0)@example.com"] })
    }

    @Test(arguments: [SMTPServer.Encryption.startTLS, .implicitTLS])
    func `encryption and login work with a certificate that is trusted`(
        encryption: SMTPServer.Encryption
    ) async throws {
        let server = try await SMTPServer.start(encryption: encryption, login: ("tern", "secret"))
        var request = request(server)
        request.host = "localhost"
        request.security = encryption == .startTLS ? .startTLS : .implicitTLS
        request.authorityFile = server.certificate
        (request.username, request.password) = ("tern", "secret")
        #expect(try await request.send().code == 250)
        #expect(try server.messages().count == 1)
    }

    @Test func `a certificate that is not trusted ends the attempt`() async throws {
        let server = try await SMTPServer.start(encryption: .startTLS)
        var request = request(server)
        request.security = .startTLS
        do {
            _ = try await request.send()
            Issue.record("the message went out")
        } catch SMTPFailure.unreachable {}
    }

    @Test func `a server without encryption gets no message that asks for it`() async throws {
        let server = try await SMTPServer.start()
        var request = request(server)
        request.security = .startTLS
        do {
            _ = try await request.send()
            Issue.record("the message went out")
        } catch SMTPFailure.unreachable {
        } catch SMTPFailure.misconfigured {}
        #expect(try server.messages().isEmpty)
    }

    @Test func `a wrong login is a matter of the settings`() async throws {
        let server = try await SMTPServer.start(login: ("tern", "secret"))
        var request = request(server)
        (request.username, request.password) = ("tern", "wrong")
        await #expect(throws: SMTPFailure.misconfigured("535 5.7.8 Authentication credentials invalid")) {
            try await request.send()
        }
    }

    @Test func `a missing login is a matter of the settings`() async throws {
        let server = try await SMTPServer.start(login: ("tern", "secret"))
        do {
            _ = try await request(server).send()
            Issue.record("the message went out")
        } catch SMTPFailure.misconfigured(let reason) {
            #expect(reason.hasPrefix("530"))
        }
    }

    @Test func `a refused recipient is final and a busy server is not`() async throws {
        let server = try await SMTPServer.start()
        await #expect(throws: SMTPFailure.rejected(SMTPReply(code: 550, text: "5.1.1 no such mailbox here"))) {
            try await request(server, to: "reject@example.com").send()
        }
        await #expect(throws: SMTPFailure.busy(SMTPReply(code: 451, text: "4.3.0 come back later"))) {
            try await request(server, to: "busy@example.com").send()
        }
        #expect(try await request(server).send().code == 250)
    }

    @Test func `no server is unreachable and heals`() async throws {
        let server = try await SMTPServer.start()
        try await server.stop()
        do {
            _ = try await request(server).send()
            Issue.record("the message went out")
        } catch SMTPFailure.unreachable {}
        try await server.restart()
        #expect(try await request(server).send().code == 250)
    }

    @Test(arguments: ["ann@example.com>\r\nRCPT TO:<all@example.com", "ann@example.com\r\nDATA", "a b@example.com"])
    func `an address can't carry a command`(recipient: String) async throws {
        let server = try await SMTPServer.start()
        do {
            _ = try await request(server, to: recipient).send()
            Issue.record("the message went out")
        } catch SMTPFailure.misconfigured {}
        #expect(try server.messages().isEmpty)
    }
}

import Foundation

/// A real SMTP server (aiosmtpd) that keeps what it takes.
///
/// Recipients whose name starts with `reject` get 550, with `busy` 451; a port, a login and encryption are optional.
package final class SMTPServer: Sendable {
    package enum Encryption: String, Sendable { case none, startTLS, implicitTLS }

    package struct Message: Sendable, Decodable {
        package var sender: String
        package var recipients: [String]
        /// The bytes as they came, dots undone.
        package var text: String
    }

    package let port: Int
    /// The certificate to trust when there is encryption.
    package let certificate: String
    private let folder: TemporaryDirectory
    private let process: Holder<ChildProcess>
    private let arguments: [String]

    private init(
        port: Int, certificate: String, folder: TemporaryDirectory, process: ChildProcess, arguments: [String]
    ) {
        self.port = port
        self.certificate = certificate
        self.folder = folder
        self.process = Holder(process)
        self.arguments = arguments
    }

    package static func start(
        encryption: Encryption = .none, login: (username: String, password: String)? = nil, port: Int = 0
    ) async throws -> SMTPServer {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("mail"), withIntermediateDirectories: true)
        let certificate = folder.file("certificate.pem")
        let key = folder.file("key.pem")
        if encryption != .none { try await makeCertificate(certificate, key: key) }
        let script = try folder.write(Self.script, to: "server.py")
        let arguments = [
            script, folder.file("mail"), encryption.rawValue, certificate, key, login?.username ?? "",
            login?.password ?? "",
        ]
        let (process, port) = try await launch(arguments, port: port)
        return SMTPServer(
            port: port, certificate: certificate, folder: folder, process: process, arguments: arguments)
    }

    /// What was taken so far, oldest first.
    package func messages() throws -> [Message] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("mail"))
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let data = FileManager.default.contents(atPath: folder.file("mail/\(name)")) ?? Data()
            return try JSONDecoder().decode(Message.self, from: data)
        }
    }

    /// The first message to an address, awaited.
    package func message(to recipient: String, within limit: Duration = .seconds(20)) async throws -> Message {
        try await eventually("a mail to \(recipient)", within: limit, every: .milliseconds(20)) {
            try messages().first { $0.recipients.contains(recipient) }
        }
    }

    package func stop() async throws { try await process.value.kill() }

    /// Starts it again on the same port, with what it took before.
    package func restart() async throws {
        try await stop()
        process.value = try await Self.launch(arguments, port: port).process
    }

    private static func launch(
        _ arguments: [String], port: Int
    ) async throws -> (process: ChildProcess, port: Int) {
        let process = try ChildProcess("/usr/bin/python3", arguments + ["\(port)"])
        let taken = try await eventually("the SMTP server to listen", within: .seconds(20)) {
            guard process.isRunning else { throw Spawn.Failure(description: "no SMTP server: \(process.errors)") }
            return process.output.hasSuffix("\n") ? Int(process.output.dropLast()) : nil
        }
        return (process, taken)
    }

    private static func makeCertificate(_ certificate: String, key: String) async throws {
        let result = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        guard result.status == .exited(0) else { throw Spawn.Failure(description: result.errors) }
    }
}

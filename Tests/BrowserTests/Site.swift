import Foundation
import TestSupport
import Testing

/// All tests of the pages. One after the other: they share a Tern, and some stop or kill a part of it.
@Suite(.serialized) enum PageTests {
    static let question = "How do I back up Tern?"
}

/// One Tern for all tests of the pages; every test has an account and a browser of its own.
enum Site {
    private static let instance = Task { try await TernInstance.start() }

    static func tern() async throws -> TernInstance { try await instance.value }

    /// The link that begins with `path` in a mail to this user; waits until the mail has been delivered.
    static func link(_ path: String, mailedTo name: String) async throws -> String {
        let folder = try await tern().dataFile("mail")
        return try await eventually("a mail with \(path)", within: .seconds(20), every: .milliseconds(50)) {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasSuffix(".eml") {
                let mail = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                let text = mail.replacing("=\r\n", with: "").replacing("=\n", with: "")
                    .replacing("=3D", with: "=")
                guard text.contains("\(name)@example.com"), let start = text.firstRange(of: path) else { continue }
                return String(text[start.lowerBound...].prefix { !$0.isWhitespace && !"<>\"".contains($0) })
            }
            return nil
        }
    }

    static func newName() -> String { "user-\(UInt32.random(in: 0...UInt32.max))" }
}

extension Browser {
    static let password = "a rather long password"

    /// Signs up on the page and arrives in the chat.
    @discardableResult
    func signUp() async throws -> String {
        let name = Site.newName()
        try await go(to: "/api/auth/signup")
        try await type(name, into: "Username")
        try await type("\(name)@example.com", into: "Email")
        try await type(Self.password, into: "Password")
        try await click("Create account")
        try await arrive(at: "/chat-page")
        return name
    }

    func ask(_ question: String) async throws {
        try await type(question, into: "Message")
        try await click("Send")
    }
}

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

import Curl
import Identifiers
import Store
import TestSupport

/// Somebody with an account who is signed in.
struct Person: Sendable {
    let api: TestAPI
    let name: String
    let access: String
    let refresh: String
    let accountID: AccountID

    static let password = "a long enough passphrase"

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await api.send(method, path, body, headers: headers + [("Authorization", "Bearer \(access)")])
    }

    /// The cookies of the web pages, as a browser sends them.
    var cookies: (String, String) { ("Cookie", "access=\(access); refresh=\(refresh)") }

    /// Asks a question and gives the job's id.
    func ask(_ message: String = "What is Tern?", in conversation: String? = nil) async throws -> JobOfAnswer {
        let place = conversation.map { #", "conversation_id": "\#($0)""# } ?? ""
        let answer = try await send("POST", "/api/chat", #"{"message": "\#(message)"\#(place)}"#)
        return try JobOfAnswer(answer)
    }
}

extension TestAPI {
    /// Signs somebody up and in.
    func person(_ name: String = "ada") async throws -> Person {
        let email = "\(name)@example.com"
        let signup = try await send(
            "POST", "/api/auth/signup",
            #"{"username": "\#(name)", "email": "\#(email)", "password": "\#(Person.password)"}"#)
        guard signup.status == 201 else { throw Person.Unexpected(description: signup.text) }
        return try await signIn(name)
    }

    func signIn(_ name: String) async throws -> Person {
        let login = try await send(
            "POST", "/api/auth/login", #"{"username": "\#(name)", "password": "\#(Person.password)"}"#)
        guard login.status == 200, let access = try login.text("access"), let refresh = try login.text("refresh"),
            let account = try login.text("user.id").flatMap({ AccountID($0) })
        else { throw Person.Unexpected(description: login.text) }
        return Person(api: self, name: name, access: access, refresh: refresh, accountID: account)
    }
}

import Curl
import Foundation
import Queue
import Store
import TestSupport
import Testing

@Suite struct SignupTests {
    @Test func `a signup makes an account and a mail, and never waits for SMTP`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(
                "POST", "/api/auth/signup",
                #"{"username": "testuser", "email": "test@example.com", "password": "testpass123"}"#)
            #expect(answer.status == 201)
            #expect(try answer.text("user.username") == "testuser")
            #expect(try answer.text("user.email") == "test@example.com")
            #expect(try answer.member("user.is_verified") as? Bool == false)
            #expect(try answer.text("message") != nil)
            let mails = try await api.store.mails.list()
            #expect(mails.elements.map(\.recipient) == ["test@example.com"])
            let job = try #require(mails.elements.first?.jobID)
            try await eventually("the mail's job to be enqueued") {
                try await api.queue.states(of: [job]).first == .ready
            }
        }
    }

    @Test func `both taken names are told at once, whatever their case`() async throws {
        try await TestAPI.run { api in
            _ = try await api.person("ada")
            let answer = try await api.send(
                "POST", "/api/auth/signup",
                #"{"username": "ADA", "email": "Ada@Example.com", "password": "another passphrase"}"#)
            #expect(answer.status == 409)
            #expect(try answer.text("code") == "account_exists")
            #expect(try answer.member("errors.username") != nil)
            #expect(try answer.member("errors.email") != nil)
        }
    }

    static let invalid: [(String, [String])] = [
        (#"{}"#, ["username", "email", "password"]),
        (#"{"username": "ab", "email": "a@example.com", "password": "a good passphrase"}"#, ["username"]),
        (#"{"username": "a b c", "email": "a@example.com", "password": "a good passphrase"}"#, ["username"]),
        (
            #"{"username": "other@example.com", "email": "a@example.com", "password": "a good passphrase"}"#,
            ["username"]
        ),
        (#"{"username": 7, "email": ["a"], "password": {}}"#, ["username", "email", "password"]),
        (#"{"username": null, "email": "nope", "password": "short"}"#, ["username", "email", "password"]),
        (#"{"username": "ada", "email": "a@example.com", "password": "password123"}"#, ["password"]),
        (#"{"username": "adalovelace", "email": "a@example.com", "password": "AdaLovelace"}"#, ["password"]),
        (#"{"username": "ad\u0000a", "email": "a@example.com", "password": "a good passphrase"}"#, ["username"]),
    ]

    @Test func `every invalid field is named`() async throws {
        try await TestAPI.run { api in
            for (body, fields) in Self.invalid {
                let answer = try await api.send("POST", "/api/auth/signup", body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.text("code") == "validation_failed")
                let errors = try answer.member("errors") as? [String: [String]] ?? [:]
                #expect(errors.keys.sorted() == fields.sorted(), "\(body)")
            }
        }
    }

    @Test func `a form is answered by a redirect, or by itself with what was wrong`() async throws {
        try await TestAPI.run { api in
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            let body = "username=ada&email=ada%40example.com&password=a+good+passphrase"
            let answer = try await api.send("POST", "/api/auth/signup", body, headers: form)
            #expect(answer.status == 303)
            #expect(answer.headers["Location"] == "/api/auth/login")
            let again = try await api.send("POST", "/api/auth/signup", body, headers: form)
            #expect(again.status == 409)
            #expect(again.headers["Content-Type"]?.hasPrefix("text/html") == true)
            #expect(again.text.contains("ada@example.com"))
            let foreign = try await api.send(
                "POST", "/api/auth/signup", body, headers: form + [("Origin", "https://elsewhere.example")])
            #expect(foreign.status == 403)
            let broken = try await api.send("POST", "/api/auth/signup", "username=%zz", headers: form)
            #expect(broken.status == 400)
        }
    }

    @Test func `a verification link works once, says so afterwards, and expires`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let now = Date()
            try await insert("living", for: ada, expiresAt: now.addingTimeInterval(3600), api)
            try await insert("late", for: ada, expiresAt: now.addingTimeInterval(-1), api)
            #expect(try await api.send("GET", "/api/auth/verify-email/nonsense").status == 404)
            let late = try await api.send("GET", "/api/auth/verify-email/late")
            #expect(late.status == 410)
            #expect(try late.text("code") == "token_expired")
            let page = try await api.send("GET", "/api/auth/verify-email/late", headers: [("Accept", "text/html")])
            #expect(page.status == 410)
            #expect(page.headers["Content-Type"]?.hasPrefix("text/html") == true)
            for _ in 1...2 {
                #expect(try await api.send("GET", "/api/auth/verify-email/living").status == 200)
            }
            let profile = try await ada.send("GET", "/api/auth/profile")
            #expect(try profile.member("is_verified") as? Bool == true)
        }
    }

    private func insert(_ token: String, for person: Person, expiresAt: Date, _ api: TestAPI) async throws {
        try await api.store.emailTokens.insert(
            hash: try token.sha256, account: person.accountID, purpose: .verification,
            email: "\(person.name)@example.com",
            expiresAt: expiresAt)
    }

    @Test func `another mail is promised to everybody and sent at most once a minute`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            for email in ["ada@example.com", "nobody@example.com"] {
                let answer = try await api.send(
                    "POST", "/api/auth/resend-verification", #"{"email": "\#(email)"}"#)
                #expect(answer.status == 202)
            }
            #expect(try await ada.send("POST", "/api/auth/resend-verification").status == 202)
            #expect(try await api.send("POST", "/api/auth/resend-verification").status == 401)
            #expect(try await api.store.mails.list().elements.count == 1)
        }
    }
}

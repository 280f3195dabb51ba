import Curl
import Foundation
import Store
import TestSupport
import Testing

@Suite struct AccountTests {
    @Test func `a password is changed by the old one and signs out elsewhere`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let elsewhere = try await api.signIn("ada")
            let path = "/api/auth/password-change"
            let wrong = try await ada.send(
                "POST", path, #"{"old_password": "not it at all", "new_password": "a newer passphrase"}"#)
            #expect(wrong.status == 422)
            #expect(try wrong.text("code") == "wrong_password")
            let short = try await ada.send(
                "POST", path, #"{"old_password": "\#(Person.password)", "new_password": "short"}"#)
            #expect(short.status == 422)
            #expect(try short.member("errors.new_password") != nil)
            let changed = try await ada.send(
                "POST", path, #"{"old_password": "\#(Person.password)", "new_password": "a newer passphrase"}"#)
            #expect(changed.status == 200)
            #expect(try await ada.send("GET", "/api/auth/profile").status == 200)
            #expect(try await elsewhere.send("GET", "/api/auth/profile").status == 401)
            let login = try await api.send(
                "POST", "/api/auth/login", #"{"username": "ada", "password": "a newer passphrase"}"#)
            #expect(login.status == 200)
        }
    }

    @Test func `a forgotten password is replaced by a link that works once`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            for email in ["ada@example.com", "nobody@example.com"] {
                let answer = try await api.send("POST", "/api/auth/password-reset", #"{"email": "\#(email)"}"#)
                #expect(answer.status == 202)
            }
            let purposes = try await api.store.mails.list().elements.map(\.purpose)
            #expect(purposes.sorted() == ["password_reset", "verification"])
            try await api.store.emailTokens.insert(
                hash: try "secret".sha256, account: ada.accountID, purpose: .passwordReset, email: "ada@example.com",
                expiresAt: Date().addingTimeInterval(3600))
            let path = "/api/auth/password-reset/confirm"
            let weak = try await api.send("POST", path, #"{"token": "secret", "password": "password123"}"#)
            #expect(weak.status == 422)
            let body = #"{"token": "secret", "password": "a newer passphrase"}"#
            #expect(try await api.send("POST", path, body).status == 200)
            let again = try await api.send("POST", path, body)
            #expect(again.status == 410)
            #expect(try again.text("code") == "token_invalid")
            #expect(try await ada.send("GET", "/api/auth/profile").status == 401)
        }
    }

    @Test func `sessions are listed and closed one by one`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let elsewhere = try await api.signIn("ada")
            let bob = try await api.person("bob")
            let answer = try await ada.send("GET", "/api/auth/sessions")
            let sessions = try #require(try answer.member("sessions") as? [[String: Any]])
            #expect(sessions.count == 2)
            let other = try #require(sessions.first { $0["current"] as? Bool == false }?["id"] as? String)
            #expect(try await bob.send("DELETE", "/api/auth/sessions/\(other)").status == 404)
            #expect(try await ada.send("DELETE", "/api/auth/sessions/\(other)").status == 204)
            #expect(try await ada.send("DELETE", "/api/auth/sessions/\(other)").status == 404)
            #expect(try await elsewhere.send("GET", "/api/auth/profile").status == 401)
            #expect(try await ada.send("GET", "/api/auth/profile").status == 200)
        }
    }

    @Test func `a personal token is shown once and can be deleted`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let path = "/api/auth/tokens"
            for body in [
                #"{}"#, #"{"name": "x", "scopes": []}"#, #"{"name": "x", "scopes": ["root"]}"#,
                #"{"name": "x", "scopes": "chat"}"#, #"{"name": "x", "scopes": ["chat"], "expires_at": "soon"}"#,
                #"{"name": "x", "scopes": ["chat"], "expires_at": "2001-01-01T00:00:00Z"}"#,
            ] {
                #expect(try await ada.send("POST", path, body).status == 422, "\(body)")
            }
            let made = try await ada.send(
                "POST", path, #"{"name": "ci", "scopes": ["chat"], "expires_at": "2099-01-01T00:00:00.000Z"}"#)
            #expect(made.status == 201)
            #expect(made.headers["Cache-Control"] == "no-store")
            #expect(try made.text("expires_at") == "2099-01-01T00:00:00.000Z")
            let secret = try #require(try made.text("token"))
            let id = try #require(try made.text("id"))
            let header = [("Authorization", "Bearer \(secret)")]
            #expect(try await api.send("GET", "/api/conversations", headers: header).status == 200)
            #expect(try await api.send("POST", path, #"{"name": "x"}"#, headers: header).status == 403)
            let list = try await ada.send("GET", path)
            #expect(!list.text.contains(secret))
            #expect(try (list.member("tokens") as? [Any])?.count == 1)
            #expect(try await ada.send("DELETE", "\(path)/\(id)").status == 204)
            #expect(try await api.send("GET", "/api/conversations", headers: header).status == 401)
        }
    }

    @Test func `name and address can change, and a new address is verified anew`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            _ = try await api.person("bob")
            _ = try await api.store.accounts.set(ada.accountID, isVerified: true)
            let path = "/api/auth/profile"
            let renamed = try await ada.send("PATCH", path, #"{"username": "lovelace"}"#)
            #expect(try renamed.text("username") == "lovelace")
            #expect(try renamed.member("is_verified") as? Bool == true)
            let taken = try await ada.send("PATCH", path, #"{"username": "Bob", "email": "BOB@example.com"}"#)
            #expect(taken.status == 409)
            #expect(try await ada.send("PATCH", path, #"{"email": "nope"}"#).status == 422)
            #expect(try await ada.send("PATCH", path, #"{"username": "x"}"#).status == 422)
            let moved = try await ada.send("PATCH", path, #"{"email": "countess@example.com"}"#)
            #expect(try moved.member("is_verified") as? Bool == false)
            let recipients = try await api.store.mails.list().elements.map(\.recipient)
            #expect(recipients.contains("countess@example.com"))
        }
    }
}

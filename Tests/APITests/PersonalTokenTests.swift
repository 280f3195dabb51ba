import Curl
import Foundation
import Identifiers
import Store
import TestSupport
import Testing

@Suite struct PersonalTokenTests {
    private func token(_ name: String, scopes: [String], of person: Person, expiresAt: Date? = nil) async throws
        -> [(String, String)]
    {
        let secret = "tern_pat_\(name)"
        _ = try await person.api.store.accessTokens.create(
            account: person.accountID, name: name, hash: try secret.sha256, scopes: scopes, expiresAt: expiresAt)
        return [("Authorization", "Bearer \(secret)")]
    }

    @Test func `a personal token does what its scopes say`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            _ = try await api.store.accounts.set(ada.accountID, isAdmin: true)
            let chat = try await token("chat", scopes: ["chat"], of: ada)
            let admin = try await token("admin", scopes: ["admin"], of: ada)
            let late = try await token("late", scopes: ["chat"], of: ada, expiresAt: Date().addingTimeInterval(-1))
            let question = #"{"message": "Hello"}"#
            #expect(try await api.send("POST", "/api/chat", question, headers: chat).status == 202)
            #expect(try await api.send("GET", "/api/admin/scheduler/status", headers: chat).status == 403)
            #expect(try await api.send("GET", "/api/admin/scheduler/status", headers: admin).status == 200)
            let refused = try await api.send("POST", "/api/chat", question, headers: admin)
            #expect(refused.status == 403)
            #expect(try refused.text("code") == "insufficient_scope")
            #expect(try await api.send("POST", "/api/chat", question, headers: late).status == 401)
        }
    }
}

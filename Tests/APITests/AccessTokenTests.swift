import API
import Foundation
import Identifiers
import Store
import TestSupport
import Testing

@Suite struct AccessTokenTests {
    private static let key = "a secret of the tests, long enough for HS256"
    private let account = AccountID.make()
    private let session = SessionID.make()
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func signer(_ key: String = Self.key, previous: String? = nil) async throws -> TokenSigner {
        try await TokenSigner(key: key, previousKey: previous, lifetime: .seconds(900))
    }

    @Test func `a token tells account and session until it expires`() async throws {
        let signer = try await signer()
        let token = try await signer.issue(account: account, session: session, at: now)
        // Twice: the second answer comes from memory.
        for _ in 1...2 {
            let claims = try #require(await signer.verify(token, at: now.addingTimeInterval(899)))
            #expect(claims.accountID == account)
            #expect(claims.sessionID == session)
            #expect(await signer.verify(token, at: now.addingTimeInterval(900)) == nil)
        }
    }

    @Test func `the key before the last rotation still verifies, and no other`() async throws {
        let old = try await signer()
        let token = try await old.issue(account: account, session: session, at: now)
        let rotated = try await signer("a new secret, which is also long enough here", previous: Self.key)
        #expect(await rotated.verify(token, at: now) != nil)
        let stranger = try await signer("a third secret, which is also long enough too")
        #expect(await stranger.verify(token, at: now) == nil)
    }

    @Test func `a short key is refused at the start`() async throws {
        await #expect(throws: (any Error).self) { try await signer("too short") }
    }

    @Test func `nothing that was tampered with is taken`() async throws {
        let signer = try await signer()
        let token = try await signer.issue(account: account, session: session, at: now)
        let parts = token.split(separator: ".").map(String.init)
        func header(_ json: String) -> String { base64URL(json) }
        let id = try #require(decoded(parts[0])["kid"] as? String)
        let payload = decoded(parts[1])
        var admin = payload
        admin["sub"] = AccountID.make().description
        let forged = base64URL(String(decoding: try JSONSerialization.data(withJSONObject: admin), as: UTF8.self))
        let bad = [
            "", "a", "a.b", "a.b.c", "a.b.c.d", "\(parts[0]).\(forged).\(parts[2])", "\(parts[0]).\(parts[1]).",
            "\(parts[0]).\(parts[1]).AAAA", "\(token)A", "\(parts[0]).\(parts[1])",
            "\(header(#"{"alg":"none","kid":"\#(id)"}"#)).\(parts[1]).",
            "\(header(#"{"alg":"none","kid":"\#(id)"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"HS512","kid":"\#(id)"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"RS256","kid":"\#(id)"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"HS256","kid":"other"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"HS256"}"#)).\(parts[1]).\(parts[2])",
        ]
        for token in bad { #expect(await signer.verify(token, at: now) == nil, "\(token)") }
        #expect(await signer.verify(token, at: now) != nil)
    }

    @Test func `over HTTP a bad token is 401 and tells why`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            for header in ["Bearer nonsense", "Bearer", "Bearer \(ada.access)x", "bearer tern_pat_nonsense"] {
                let answer = try await api.send("GET", "/api/conversations", headers: [("Authorization", header)])
                #expect(answer.status == 401, "\(header)")
            }
            let lower = try await api.send(
                "GET", "/api/conversations", headers: [("Authorization", "bearer \(ada.access)")])
            #expect(lower.status == 200)
            let basic = try await api.send("GET", "/api/conversations", headers: [("Authorization", "Basic YTpi")])
            #expect(basic.status == 401)
        }
    }

    private func base64URL(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private func decoded(_ part: String) -> [String: Any] {
        var text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        let data = Data(base64Encoded: text) ?? Data()
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }
}

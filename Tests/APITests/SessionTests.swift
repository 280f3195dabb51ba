import Curl
import Foundation
import Store
import TestSupport
import Testing

@Suite struct SessionTests {
    @Test func `a login hands out a pair and sets it as cookies`() async throws {
        try await TestAPI.run { api in
            _ = try await api.person("ada")
            for body in [
                #"{"username": "ada", "password": "\#(Person.password)"}"#,
                #"{"username": "ADA", "password": "\#(Person.password)"}"#,
                #"{"email": "ada@example.com", "password": "\#(Person.password)"}"#,
                #"{"username": "Ada@Example.com", "password": "\#(Person.password)"}"#,
            ] {
                let answer = try await api.send("POST", "/api/auth/login", body)
                #expect(answer.status == 200, "\(body)")
                #expect(try answer.text("token_type") == "Bearer")
                #expect(try answer.number("expires_in") == 900)
                #expect(answer.cookie("access") == (try answer.text("access")))
                #expect(answer.cookie("refresh") == (try answer.text("refresh")))
                #expect(answer.headers["Cache-Control"] == "no-store")
                let cookies = answer.headers.all("Set-Cookie")
                #expect(cookies.count == 2)
                #expect(cookies.allSatisfy { $0.contains("HttpOnly") && $0.contains("SameSite=Lax") })
                #expect(cookies.allSatisfy { $0.contains("Path=/") && !$0.contains("Secure") })
            }
        }
    }

    @Test func `a login knows a name however its letters are composed`() async throws {
        try await TestAPI.run { api in
            let body = #"{"username": "zo\u00eb", "email": "zoe@example.com", "password": "\#(Person.password)"}"#
            let signup = try await api.send("POST", "/api/auth/signup", body)
            #expect(signup.status == 201)
            for name in [#"zo\u00eb"#, #"zoe\u0308"#, #"ZOE\u0308"#] {
                let login = #"{"username": "\#(name)", "password": "\#(Person.password)"}"#
                let answer = try await api.send("POST", "/api/auth/login", login)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a wrong password and an unknown user get the same answer`() async throws {
        try await TestAPI.run { api in
            _ = try await api.person("ada")
            var bodies: Set<String> = []
            for user in ["ada", "nobody"] {
                let answer = try await api.send(
                    "POST", "/api/auth/login", #"{"username": "\#(user)", "password": "wrong password"}"#,
                    headers: [("X-Request-Id", "same")])
                #expect(answer.status == 401)
                #expect(try answer.text("code") == "invalid_credentials")
                bodies.insert(answer.text)
            }
            #expect(bodies.count == 1)
            #expect(try await api.send("POST", "/api/auth/login", #"{"username": "ada"}"#).status == 422)
        }
    }

    @Test func `a login form leads to where one wanted to go, but never elsewhere`() async throws {
        try await TestAPI.run { api in
            _ = try await api.person("ada")
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            let right = "username=ada&password=a+long+enough+passphrase"
            for (next, target) in [
                ("", "/chat-page"), ("?next=/api/auth/profile", "/api/auth/profile"),
                ("?next=//evil.example", "/chat-page"), ("?next=https://evil.example", "/chat-page"),
                ("?next=/%5Cevil.example", "/chat-page"),
            ] {
                let answer = try await api.send("POST", "/api/auth/login\(next)", right, headers: form)
                #expect(answer.status == 303)
                #expect(answer.headers["Location"] == target, "\(next)")
                #expect(answer.cookie("access") != nil)
            }
            let wrong = try await api.send("POST", "/api/auth/login", "username=ada&password=wrong", headers: form)
            #expect(wrong.status == 401)
            #expect(wrong.headers["Content-Type"]?.hasPrefix("text/html") == true)
        }
    }

    @Test func `a refresh token is used once, and within ten seconds answers with the same successor`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let body = #"{"refresh": "\#(ada.refresh)"}"#
            let first = try await api.send("POST", "/api/auth/refresh", body)
            let second = try await api.send("POST", "/api/auth/refresh", body)
            #expect(first.status == 200)
            let successor = try #require(try first.text("refresh"))
            #expect(successor != ada.refresh)
            #expect(try second.text("refresh") == successor)
            let third = try await api.send("POST", "/api/auth/refresh", #"{"refresh": "\#(successor)"}"#)
            #expect(third.status == 200)
            let unknown = try await api.send("POST", "/api/auth/refresh", #"{"refresh": "nonsense"}"#)
            #expect(unknown.status == 401)
            #expect(try unknown.text("code") == "token_invalid")
        }
    }

    @Test func `a refresh token used again later closes the whole session`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            // Used a minute ago, as the Store sees it.
            _ = try await api.store.sessions.rotate(
                refreshHash: ada.refresh.sha256, successorHash: "a successor",
                expiresAt: Date().addingTimeInterval(3600), at: Date().addingTimeInterval(-60))
            let answer = try await api.send("POST", "/api/auth/refresh", #"{"refresh": "\#(ada.refresh)"}"#)
            #expect(answer.status == 401)
            #expect(try answer.text("code") == "token_reused")
            #expect(try await ada.send("GET", "/api/auth/profile").status == 401)
        }
    }

    @Test func `a logout ends the access tokens of its session at once, and no other's`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let elsewhere = try await api.signIn("ada")
            #expect(try await ada.send("GET", "/api/auth/profile").status == 200)
            let logout = try await ada.send("POST", "/api/auth/logout")
            #expect(logout.status == 204)
            #expect(logout.cookie("access") == "")
            let after = try await ada.send("GET", "/api/auth/profile")
            #expect(after.status == 401)
            #expect(try after.text("code") == "token_invalid")
            let refresh = try await api.send("POST", "/api/auth/refresh", #"{"refresh": "\#(ada.refresh)"}"#)
            #expect(refresh.status == 401)
            #expect(try await elsewhere.send("GET", "/api/auth/profile").status == 200)
        }
    }

    @Test func `a change by cookie must come from our own pages`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let body = #"{"message": "Hello"}"#
            let host = api.url.dropFirst("http://".count)
            let refused: [[(String, String)]] = [
                [], [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "http://127.0.0.1:1")],
                [("Origin", "http://\(host).evil.example")], [("Sec-Fetch-Site", "cross-site")],
                [("Sec-Fetch-Site", "same-site")],
            ]
            for headers in refused {
                let answer = try await api.send("POST", "/api/chat", body, headers: headers + [ada.cookies])
                #expect(answer.status == 403, "\(headers)")
                #expect(try answer.text("code") == "csrf_failed")
            }
            for headers in [[("Origin", api.url)], [("Sec-Fetch-Site", "same-origin")]] {
                let answer = try await api.send("POST", "/api/chat", body, headers: headers + [ada.cookies])
                #expect(answer.status == 202, "\(headers)")
            }
            #expect(try await api.send("GET", "/api/conversations", headers: [ada.cookies]).status == 200)
            #expect(try await ada.send("POST", "/api/chat", body).status == 202)
            let refresh = ("Cookie", "refresh=\(ada.refresh)")
            #expect(try await api.send("POST", "/api/auth/refresh", headers: [refresh]).status == 403)
            #expect(try await api.send("POST", "/api/auth/logout", headers: [refresh]).status == 403)
        }
    }

    @Test func `a page view with a living refresh cookie goes on without a login`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let html = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            let refresh = ("Cookie", "access=dead; refresh=\(ada.refresh)")
            let page = try await api.send("GET", "/chat-page", headers: [html, refresh])
            #expect(page.status == 200)
            #expect(page.cookie("access") != nil)
            #expect(page.cookie("refresh") != ada.refresh)
            let api401 = try await api.send("GET", "/api/conversations", headers: [refresh])
            #expect(api401.status == 401)
            let signedOut = try await api.send(
                "GET", "/chat-page?x=1", headers: [html, ("Cookie", "access=dead; refresh=dead")])
            #expect(signedOut.status == 302)
            #expect(signedOut.headers["Location"] == "/api/auth/login?next=/chat-page%3Fx%3D1")
        }
    }

    @Test func `the profile is a page or JSON as one asks for`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let json = try await ada.send("GET", "/api/auth/profile")
            for member in ["id", "username", "email", "is_verified", "is_admin", "date_joined", "last_login"] {
                #expect(try json.member(member) != nil, "\(member)")
            }
            #expect(try json.number("conversation_count") == 0)
            #expect(try json.number("message_count") == 0)
            let page = try await api.send(
                "GET", "/api/auth/profile", headers: [("Accept", "text/html"), ada.cookies])
            #expect(page.headers["Content-Type"]?.hasPrefix("text/html") == true)
            #expect(page.text.contains("ada@example.com"))
            let nobody = try await api.send("GET", "/api/auth/profile", headers: [("Accept", "text/html")])
            #expect(nobody.status == 302)
        }
    }
}

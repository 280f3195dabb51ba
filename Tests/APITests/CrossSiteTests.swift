import Curl
import Foundation
import TestSupport
import Testing

@Suite struct CrossSiteTests {
    private static let form = ("Content-Type", "application/x-www-form-urlencoded")
    private static let foreign = [
        ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ]

    @Test func `another site signs nobody out`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let cookies = [[ada.cookies], [("Cookie", "refresh=\(ada.refresh)")], []]
            for header in Self.foreign {
                for cookies in cookies {
                    let answer = try await api.send(
                        "POST", "/api/auth/logout", "", headers: cookies + [Self.form, header])
                    #expect(answer.status == 403, "\(header)")
                    #expect(try answer.text("code") == "csrf_failed")
                    #expect(answer.headers.all("Set-Cookie").isEmpty)
                }
            }
            // A form that says nothing of where it comes from can't close a session by its cookie either.
            for cookies in [ada.cookies, ("Cookie", "access=\(ada.access)")] {
                let silent = try await api.send("POST", "/api/auth/logout", "", headers: [cookies, Self.form])
                #expect(silent.status == 403)
                #expect(silent.headers.all("Set-Cookie").isEmpty)
            }
            #expect(try await ada.send("GET", "/api/auth/profile").status == 200)
            let own = try await api.send(
                "POST", "/api/auth/logout", "", headers: [ada.cookies, Self.form, ("Origin", api.url)])
            #expect(own.status == 303)
            #expect(own.cookie("access") == "")
            #expect(try await ada.send("GET", "/api/auth/profile").status == 401)
        }
    }

    @Test(arguments: ["/api/auth/login", "/api/auth/signup"])
    func `a form of another site is refused`(path: String) async throws {
        try await TestAPI.run { api in
            _ = try await api.person("ada")
            let body = "username=bob1&email=bob1@example.com&password=a+long+enough+passphrase"
            for header in Self.foreign {
                let answer = try await api.send("POST", path, body, headers: [Self.form, header])
                #expect(answer.status == 403, "\(header)")
                #expect(answer.headers.all("Set-Cookie").isEmpty)
            }
            let login = "username=ada&password=a+long+enough+passphrase"
            for header in [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("Origin", api.url)] {
                let answer = try await api.send("POST", "/api/auth/login", login, headers: [Self.form, header])
                #expect(answer.status == 303, "\(header)")
            }
        }
    }
}

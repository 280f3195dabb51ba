import Curl
import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
    @Test func `a broken preference is no preference`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            for value in [";", ",", ";;", "=", ",;,=", "wait", "wait=", "wait=\"", ";wait=1", "wait=-1", "wait=x", " "]
            {
                let headers = [("Prefer", value)]
                let job = try JobOfAnswer(
                    try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#, headers: headers))
                let shown = try await ada.send("GET", job.path, headers: headers)
                #expect(shown.status == 200, "\(value)")
                #expect(shown.headers["Preference-Applied"] == nil, "\(value)")
                _ = try await ada.send("POST", "\(job.path)/cancel")
            }
        }
    }

    @Test func `more digits than a number holds are the largest number`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let digits = String(repeating: "9", count: 40)
            for _ in 0..<2 { _ = try await ada.ask() }
            let all = try await ada.send("GET", "/api/conversations?limit=\(digits)")
            #expect(try (all.member("conversations") as? [Any])?.count == 2)
            let few = try await ada.send("GET", "/api/conversations?limit=-\(digits)")
            #expect(try (few.member("conversations") as? [Any])?.count == 1)
            let job = try await ada.ask()
            _ = try await ada.send("POST", "\(job.path)/cancel")
            let retry = try await ada.send("POST", "\(job.path)/retry", headers: [("Prefer", "wait=1")])
            let again = try JobOfAnswer(retry)
            async let waiting = ada.send(
                "GET", again.path,
                headers: [("Prefer", "wait=\(digits)"), ("If-None-Match", try #require(retry.etag))])
            _ = try await ada.send("POST", "\(again.path)/cancel")
            let status = try await waiting.text("status")
            #expect(status == "cancelling" || status == "cancelled")
        }
    }

    @Test func `a search is a short text`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            for (text, status) in [
                (String(repeating: "x", count: 200), 200), (String(repeating: "x", count: 201), 422),
                (String(repeating: "x", count: 60_000), 422), (String(repeating: "%25", count: 200), 200),
                ("a%00b", 422), ("%", 200), ("%22%28*", 200), ("%CC%81", 200),
            ] {
                let answer = try await ada.send("GET", "/api/conversations?q=\(text)")
                #expect(answer.status == status, "\(text.prefix(20))")
            }
        }
    }

    @Test func `a time out of this world is refused`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            for time in ["-0001-01-01T00:00:00Z", "99999999999999-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "9"] {
                let answer = try await ada.send(
                    "POST", "/api/auth/tokens", #"{"name": "n", "scopes": ["chat"], "expires_at": "\#(time)"}"#)
                #expect(answer.status == 422, "\(time)")
            }
        }
    }

    @Test(arguments: ["/api/auth/login", "/api/auth/refresh", "/healthz"])
    func `a body that is cut off or badly framed is malformed`(path: String) async throws {
        try await TestAPI.run { api in
            let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let broken = try await RawConnection.send(
                head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nzz\r\n\r\n", to: api.url)
            // The connection may be gone before the answer is.
            #expect(broken.isEmpty || broken.hasPrefix("HTTP/1.1 400 "), "\(broken)")
            if path != "/healthz" {
                let cut = try await RawConnection.send(
                    head + "Content-Length: 50\r\n\r\n{\"username\":", to: api.url, cuts: true)
                #expect(cut.isEmpty || cut.hasPrefix("HTTP/1.1 400 "), "\(cut)")
            }
        }
    }

    @Test func `a body without an announced length has an end on every route`() async throws {
        try await TestAPI.run { api in
            let headers = [("Transfer-Encoding", "chunked")]
            let body = String(repeating: "x", count: (1 << 20) + 1)
            #expect(
                try await api.send("POST", "/api/auth/password-reset/nowhere", body, headers: headers).status == 413)
            let ada = try await api.person()
            let job = try await ada.ask()
            #expect(try await ada.send("POST", "\(job.path)/cancel", body, headers: headers).status == 413)
            #expect(try await ada.send("POST", "\(job.path)/cancel", "x", headers: headers).status == 202)
        }
    }
}

extension HTTPAnswer {
    /// The tag of the job that was shown.
    var etag: String? { (try? number("version")).flatMap { $0 }.map { "\"\($0)\"" } }
}

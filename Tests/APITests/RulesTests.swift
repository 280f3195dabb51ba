import Curl
import Foundation
import Testing
import TestSupport

@Suite struct RulesTests {
    @Test func `every answer carries a request id, the caller's own when it is sane`() async throws {
        try await TestAPI.run { api in
            let own = try await api.send("GET", "/healthz", headers: [("X-Request-Id", "abc.DEF_1-2")])
            #expect(own.headers["X-Request-Id"] == "abc.DEF_1-2")
            for insane in ["has space", "semi;colon", String(repeating: "x", count: 65)] {
                let answer = try await api.send("GET", "/healthz", headers: [("X-Request-Id", insane)])
                #expect(answer.headers["X-Request-Id"]?.count == 36)
            }
            let problem = try await api.send("GET", "/nothing", headers: [("X-Request-Id", "mine")])
            #expect(problem.status == 404)
            #expect(problem.headers["X-Request-Id"] == "mine")
            #expect(try problem.text("request_id") == "mine")
        }
    }

    @Test func `errors are problems with a stable code`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send("GET", "/api/nothing")
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(try answer.text("code") == "not_found")
            #expect(try answer.number("status") == 404)
            #expect(try answer.text("instance") == "/api/nothing")
            #expect(try answer.text("type") != nil)
            #expect(try answer.text("title") != nil)
        }
    }

    @Test(arguments: [
        ("PUT", "/api/chat", "POST"), ("POST", "/api/conversations", "GET, HEAD"),
        ("GET", "/api/auth/logout", "POST"), ("PROPFIND", "/healthz", "GET, HEAD"),
        ("DELETE", "/api/jobs/01a21042-3cd9-7b9b-a53b-e52562b6153a", "GET, HEAD"),
        ("PUT", "/api/conversations/01a21042-3cd9-7b9b-a53b-e52562b6153a", "DELETE, GET, HEAD, PATCH"),
    ])
    func `a wrong method is told the right ones`(_ method: String, _ path: String, _ allowed: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.headers["Allow"] == allowed)
            #expect(try answer.text("code") == "method_not_allowed")
        }
    }

    @Test func `a body must be JSON, of a size and of a type`() async throws {
        try await TestAPI.run { api in
            let path = "/api/auth/login"
            let typed = try await api.send("POST", path, "x", headers: [("Content-Type", "text/plain")])
            #expect(typed.status == 415)
            #expect(try typed.text("code") == "unsupported_media_type")
            let malformed = [
                "", "{", "[1]", "nope", #"{"a": 01}"#, #"{"a": "\ud800"}"#, #"{"a": 1} x"#, "{\"a\": \"\u{1}\"}",
                String(repeating: "[", count: 100_000),
            ]
            for body in malformed {
                let answer = try await api.send("POST", path, body)
                #expect(answer.status == 400, "\(body.prefix(20))")
                #expect(try answer.text("code") == "malformed_request")
            }
            let large = try await api.send("POST", path, #"{"username": "\#(String(repeating: "x", count: 1 << 20))"}"#)
            #expect(large.status == 413)
            #expect(try large.text("code") == "payload_too_large")
        }
    }

    @Test func `a body in chunks meets the same limit`() async throws {
        try await TestAPI.run { api in
            let body = String(repeating: "x", count: (1 << 20) + 1)
            let answer = try await api.send(
                "POST", "/api/auth/login", body, headers: [("Transfer-Encoding", "chunked")])
            #expect(answer.status == 413)
        }
    }

    @Test func `browsers are told what not to do`() async throws {
        try await TestAPI.run { api in
            for path in ["/healthz", "/api/nothing", "/"] {
                let answer = try await api.send("GET", path)
                #expect(answer.headers["Content-Security-Policy"]?.contains("default-src 'self'") == true)
                #expect(answer.headers["Content-Security-Policy"]?.contains("unsafe") == false)
                #expect(answer.headers["Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true)
                #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
                #expect(answer.headers["Referrer-Policy"] != nil)
                #expect(answer.headers["Vary"] == "Accept, Authorization, Cookie")
                #expect(answer.headers["Strict-Transport-Security"] == nil)
            }
        }
    }

    @Test func `an https address turns on HSTS and Secure cookies`() async throws {
        try await TestAPI.run(["PUBLIC_URL": "https://tern.example.com"]) { api in
            let person = try await api.person()
            let login = try await api.send(
                "POST", "/api/auth/login", #"{"username": "\#(person.name)", "password": "\#(Person.password)"}"#)
            #expect(login.headers["Strict-Transport-Security"] != nil)
            #expect(login.headers.all("Set-Cookie").allSatisfy { $0.contains("; Secure") })
        }
    }

    @Test func `without credentials a route of an account is 401`() async throws {
        try await TestAPI.run { api in
            let routes = [
                ("POST", "/api/chat"), ("GET", "/api/conversations"), ("GET", "/api/auth/profile"),
                ("GET", "/api/jobs/01a21042-3cd9-7b9b-a53b-e52562b6153a"), ("GET", "/api/chat-history"),
            ]
            for (method, path) in routes {
                let answer = try await api.send(method, path)
                #expect(answer.status == 401)
                #expect(answer.headers["WWW-Authenticate"] == "Bearer")
            }
        }
    }

    @Test func `the process is alive and ready`() async throws {
        try await TestAPI.run { api in
            #expect(try await api.send("GET", "/healthz").status == 200)
            let ready = try await api.send("GET", "/readyz")
            #expect(ready.status == 200)
            #expect(try ready.text("parts.redis") == "ok")
            #expect(try await api.send("HEAD", "/readyz").status == 200)
        }
    }
}

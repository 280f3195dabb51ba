import Curl
import Foundation
import TestSupport
import Testing

@Suite struct LimitTests {
    private static let wrong = #"{"username": "ada", "password": "wrong password"}"#
    private static let right = #"{"username": "ada", "password": "\#(Person.password)"}"#
    private static let proxied = ["TRUSTED_PROXIES": "127.0.0.1"]

    @Test func `an address may sign in so often, and a refusal tells when again`() async throws {
        try await TestAPI.run(Self.proxied.merging(["RATE_LIMIT_LOGIN": "3/min,60/h"]) { $1 }) { api in
            _ = try await api.person("ada")
            for _ in 2...3 { #expect(try await api.send("POST", "/api/auth/login", Self.right).status == 200) }
            let refused = try await api.send("POST", "/api/auth/login", Self.right)
            #expect(refused.status == 429)
            #expect(try refused.text("code") == "rate_limited")
            let wait = try #require(refused.headers["Retry-After"].flatMap { Int($0) })
            #expect((1...60).contains(wait))
            let elsewhere = try await api.send(
                "POST", "/api/auth/login", Self.right, headers: [("X-Forwarded-For", "203.0.113.9")])
            #expect(elsewhere.status == 200)
        }
    }

    @Test func `who can't be trusted can't choose an address`() async throws {
        try await TestAPI.run(["RATE_LIMIT_SIGNUP": "1/min"]) { api in
            for (number, status) in [(1, 422), (2, 429)] {
                let answer = try await api.send(
                    "POST", "/api/auth/signup", "{}", headers: [("X-Forwarded-For", "203.0.113.\(number)")])
                #expect(answer.status == status)
            }
        }
    }

    @Test func `guessing slows down at one address, and never locks the owner out at another`() async throws {
        try await TestAPI.run(Self.proxied.merging(["RATE_LIMIT_LOGIN": "1000/min"]) { $1 }) { api in
            _ = try await api.person("ada")
            let guesser = [("X-Forwarded-For", "198.51.100.7")]
            var statuses: [Int] = []
            for _ in 1...7 {
                statuses.append(try await api.send("POST", "/api/auth/login", Self.wrong, headers: guesser).status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 401, 429])
            #expect(try await api.send("POST", "/api/auth/login", Self.right, headers: guesser).status == 429)
            #expect(try await api.send("POST", "/api/auth/login", Self.right).status == 200)
        }
    }

    @Test func `however an account is called, its failures count together`() async throws {
        try await TestAPI.run(["RATE_LIMIT_LOGIN": "1000/min"]) { api in
            _ = try await api.person("ada")
            let names = ["ada", "ADA", "ada@example.com", "Ada@Example.com", "ada", "ADA", "ada@example.com"]
            var statuses: [Int] = []
            for name in names {
                let body = #"{"username": "\#(name)", "password": "wrong password"}"#
                statuses.append(try await api.send("POST", "/api/auth/login", body).status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 401, 429])
            let email = #"{"email": "ada@example.com", "password": "wrong password"}"#
            #expect(try await api.send("POST", "/api/auth/login", email).status == 429)
        }
    }

    @Test(arguments: ["login", "signup"])
    func `a refused form tells when to come again`(form: String) async throws {
        try await TestAPI.run(["RATE_LIMIT_\(form.uppercased())": "1/min"]) { api in
            let headers = [("Content-Type", "application/x-www-form-urlencoded")]
            _ = try await api.send("POST", "/api/auth/\(form)", "username=x&password=y", headers: headers)
            let refused = try await api.send("POST", "/api/auth/\(form)", "username=x&password=y", headers: headers)
            #expect(refused.status == 429)
            #expect(refused.headers["Retry-After"].flatMap { Int($0) } != nil)
        }
    }

    @Test func `what was accepted is told again whatever the limits say now`() async throws {
        try await TestAPI.run(["RATE_LIMIT_CHAT": "1/min"]) { api in
            let ada = try await api.person("ada")
            let key = [("Idempotency-Key", "k")]
            let first = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#, headers: key)
            let again = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#, headers: key)
            #expect(again.status == 202)
            #expect(again.headers["Idempotent-Replayed"] == "true")
            #expect(try again.text("job_id") == (try first.text("job_id")))
            let other = try await ada.send("POST", "/api/chat", #"{"message": "Other"}"#, headers: key)
            #expect(try other.text("code") == "idempotency_mismatch")
            #expect(try await ada.send("POST", "/api/chat", #"{"message": "Other"}"#).status == 429)
        }
    }

    @Test func `limits hold in one process while Redis is away`() async throws {
        let server = try await RedisServer.start()
        try await TestAPI.run(["RATE_LIMIT_SIGNUP": "2/min"], redis: server) { api in
            try await server.kill()
            for status in [422, 422, 429] {
                #expect(try await api.send("POST", "/api/auth/signup", "{}").status == status)
            }
        }
    }

    @Test func `questions may be limited by account`() async throws {
        try await TestAPI.run(["RATE_LIMIT_CHAT": "1/min"]) { api in
            let ada = try await api.person("ada")
            _ = try await ada.ask()
            let refused = try await ada.send("POST", "/api/chat", #"{"message": "More?"}"#)
            #expect(refused.status == 429)
            _ = try await api.person("bob").ask()
        }
    }
}

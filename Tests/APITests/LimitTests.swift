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

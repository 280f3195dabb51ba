import Curl
import Foundation
import Identifiers
import Queue
import Store
import TestSupport
import Testing

@Suite struct ChatTests {
    @Test func `a question is accepted with the whole job and is soon in the queue`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let answer = try await ada.send("POST", "/api/chat", #"{"message": "What is Tern?"}"#)
            #expect(answer.status == 202)
            let job = try JobOfAnswer(answer)
            #expect(answer.headers["Location"] == job.path)
            #expect(answer.headers["Retry-After"] == "1")
            let members = try answer.json().keys.sorted()
            #expect(
                members == [
                    "attempt", "conversation_id", "created_at", "error", "finished_at", "job_id", "kind", "links",
                    "max_attempts", "message_id", "next_attempt_at", "outcome", "queue", "response", "response_html",
                    "response_id", "sources", "stage", "started_at", "status", "usage", "version",
                ])
            #expect(try answer.text("kind") == "generate_answer")
            #expect(try answer.text("status") == "queued")
            #expect(try answer.text("links.events") == "\(job.path)/events")
            #expect(try answer.text("links.conversation") == "/api/conversations/\(job.conversation)")
            try await eventually("the job to be enqueued") {
                try await api.queue.states(of: [job.id]).first == .ready
            }
            let row = try await api.store.jobs.find(job.id)
            #expect(row?.payload.contains(job.response) == true)
            #expect(row?.deadline != nil)
        }
    }

    static let invalid: [(String, String)] = [
        (#"{}"#, "message"), (#"{"message": null}"#, "message"), (#"{"message": 5}"#, "message"),
        (#"{"message": ["a"]}"#, "message"), (#"{"message": ""}"#, "message"), (#"{"message": " \n\t "}"#, "message"),
        (#"{"message": "\u200b\u00a0"}"#, "message"), (#"{"message": "a\u0000b"}"#, "message"),
        (#"{"message": "\#(String(repeating: "x", count: 8001))"}"#, "message"),
        (#"{"message": "a", "conversation_id": 1}"#, "conversation_id"),
        (#"{"message": "a", "conversation_id": "x"}"#, "conversation_id"),
        (#"{"message": "a", "knowledge_base": "other"}"#, "knowledge_base"),
        (#"{"message": "a", "model": {}}"#, "model"),
        (#"{"message": "a", "parent_id": "01a21042-3cd9-7b9b-a53b-e52562b6153a"}"#, "parent_id"),
    ]

    @Test func `an invalid question is refused at its field`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            for (body, field) in Self.invalid {
                let answer = try await ada.send("POST", "/api/chat", body)
                #expect(answer.status == 422, "\(body.prefix(60))")
                #expect(try (answer.member("errors") as? [String: Any])?.keys.sorted() == [field])
            }
            #expect(try await api.store.conversations.list(of: ada.accountID).elements.isEmpty)
        }
    }

    @Test func `length is counted in scalars after composition`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            // "e" and a combining accent become one scalar.
            let decomposed = String(repeating: "e\u{301}", count: 8000)
            let answer = try await ada.send("POST", "/api/chat", #"{"message": "\#(decomposed)"}"#)
            #expect(answer.status == 202)
            let emoji = String(repeating: "🐦", count: 8000)
            let second = try await ada.send("POST", "/api/chat", #"{"message": "\#(emoji)"}"#)
            #expect(second.status == 202)
        }
    }

    @Test func `a conversation has one unfinished answer at a time`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let first = try await ada.ask()
            let body = #"{"message": "And?", "conversation_id": "\#(first.conversation)"}"#
            let busy = try await ada.send("POST", "/api/chat", body)
            #expect(busy.status == 409)
            #expect(try busy.text("code") == "conversation_busy")
            #expect(try busy.text("job_id") == first.id.description)
            #expect(try busy.text("links.job") == first.path)
            let worker = StandInWorker(api, first.id)
            try await worker.start()
            try await worker.finish("A bird.")
            #expect(try await ada.send("POST", "/api/chat", body).status == 202)
        }
    }

    @Test func `only so many answers of an account may be unfinished`() async throws {
        try await TestAPI.run(["MAX_UNFINISHED_PER_USER": "2"]) { api in
            let ada = try await api.person("ada")
            _ = try await ada.ask()
            _ = try await ada.ask()
            let third = try await ada.send("POST", "/api/chat", #"{"message": "Three?"}"#)
            #expect(third.status == 429)
            #expect(try third.text("code") == "too_many_unfinished")
            #expect(third.headers["Retry-After"] != nil)
            _ = try await api.person("bob").ask()
        }
    }

    @Test func `questions are refused while the queue is too far behind`() async throws {
        try await TestAPI.run(["MAX_QUEUE_LATENCY": "1", "MAX_UNFINISHED_PER_USER": "1000"]) { api in
            let ada = try await api.person()
            let refused = try await eventually("a refusal", within: .seconds(20), every: .milliseconds(100)) {
                let answer = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#)
                return answer.status == 503 ? answer : nil
            }
            #expect(try refused.text("code") == "queue_overloaded")
            #expect(refused.headers["Retry-After"] != nil)
        }
    }

    @Test func `times are RFC 3339 in UTC with milliseconds`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let answer = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#)
            let text = try #require(try answer.text("created_at"))
            let parser = ISO8601DateFormatter()
            parser.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            let time = try #require(parser.date(from: text))
            #expect(abs(time.timeIntervalSinceNow) < 60)
            #expect(text.count == 24 && text.hasSuffix("Z"))
        }
    }

    @Test func `an unverified account may be kept from chatting, but not from reading`() async throws {
        try await TestAPI.run(["REQUIRE_EMAIL_VERIFICATION": "true"]) { api in
            let ada = try await api.person()
            let refused = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#)
            #expect(refused.status == 403)
            #expect(try refused.text("code") == "not_verified")
            #expect(try await ada.send("GET", "/api/conversations").status == 200)
            _ = try await api.store.accounts.set(ada.accountID, isVerified: true)
            _ = try await ada.ask()
        }
    }

    @Test func `the same key and body is one question`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let key = [("Idempotency-Key", "key-1")]
            let first = try await ada.send("POST", "/api/chat", #"{"message": "Hello"}"#, headers: key)
            let again = try await ada.send(
                "POST", "/api/chat", #"{ "message" : "Hello" }"#, headers: key + [("Prefer", "wait=0")])
            #expect(again.status == 202)
            #expect(again.headers["Idempotent-Replayed"] == "true")
            #expect(first.headers["Idempotent-Replayed"] == nil)
            #expect(try again.text("job_id") == (try first.text("job_id")))
            let other = try await ada.send("POST", "/api/chat", #"{"message": "Bye"}"#, headers: key)
            #expect(other.status == 422)
            #expect(try other.text("code") == "idempotency_mismatch")
            let bob = try await api.person("bob").send("POST", "/api/chat", #"{"message": "Bye"}"#, headers: key)
            #expect(bob.status == 202)
            let bad = try await ada.send(
                "POST", "/api/chat", #"{"message": "x"}"#, headers: [("Idempotency-Key", "a b")])
            #expect(bad.status == 400)
            #expect(try await api.store.conversations.list(of: ada.accountID).elements.count == 1)
        }
    }

    @Test func `many requests at once with one key are one question`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let ids = try await withThrowingTaskGroup(of: String?.self) { tasks in
                for _ in 0..<20 {
                    tasks.addTask {
                        try await ada.send(
                            "POST", "/api/chat", #"{"message": "Hello"}"#, headers: [("Idempotency-Key", "k")]
                        ).text("job_id")
                    }
                }
                return try await tasks.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test func `who prefers to wait gets the finished answer`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            async let waiting = ada.send(
                "POST", "/api/chat", #"{"message": "Hello"}"#, headers: [("Prefer", "wait=20")])
            let job = try await eventually("the job") {
                try await api.store.jobs.list(JobFilter(kind: "generate_answer")).elements.first
            }
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.finish("Hello **you**.")
            let answer = try await waiting
            #expect(answer.status == 200)
            #expect(answer.headers["Preference-Applied"] == "wait=20")
            #expect(try answer.text("status") == "succeeded")
            #expect(try answer.text("response") == "Hello **you**.")
            #expect(try answer.text("response_html")?.contains("<strong>you</strong>") == true)
            #expect(try answer.text("outcome") == "answered")
            #expect(try (answer.member("sources") as? [Any])?.count == 1)
            #expect(try answer.number("usage.completion_tokens") == 2)
        }
    }

    @Test func `when the time is up it is 202 as without the wish`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let answer = try await ada.send(
                "POST", "/api/chat", #"{"message": "Hello"}"#, headers: [("Prefer", "respond-async, wait=1")])
            #expect(answer.status == 202)
            #expect(answer.headers["Preference-Applied"] == nil)
        }
    }

    @Test func `a failed answer can be tried again beside the first`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let first = try await ada.ask()
            let early = try await ada.send("POST", "\(first.path)/retry")
            #expect(early.status == 409)
            #expect(try early.text("code") == "not_retryable")
            let worker = StandInWorker(api, first.id)
            try await worker.start()
            try await worker.fail("provider_unavailable")
            let failed = try await ada.send("GET", first.path)
            #expect(try failed.text("status") == "failed")
            #expect(try failed.text("error.code") == "provider_unavailable")
            #expect(try failed.member("error.retryable") as? Bool == true)
            let retry = try await ada.send("POST", "\(first.path)/retry")
            #expect(retry.status == 202)
            let second = try JobOfAnswer(retry)
            #expect(second.message == first.message)
            #expect(second.response != first.response)
            let regenerate = try await ada.send("POST", "/api/messages/\(first.response)/regenerate")
            #expect(regenerate.status == 409)
        }
    }

    @Test func `an edited question opens a branch`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let first = try await ada.ask()
            let worker = StandInWorker(api, first.id)
            try await worker.start()
            try await worker.finish("One.")
            let edit = try await ada.send("PUT", "/api/messages/\(first.message)", #"{"message": "Better?"}"#)
            #expect(edit.status == 202)
            let second = try JobOfAnswer(edit)
            #expect(second.conversation == first.conversation)
            #expect(second.message != first.message)
            let rate = try await ada.send("POST", "/api/messages/\(first.response)/feedback", #"{"rating": 1}"#)
            #expect(rate.status == 204)
            for body in [#"{}"#, #"{"rating": 2}"#, #"{"rating": "1"}"#, #"{"rating": 0.5}"#] {
                let answer = try await ada.send("POST", "/api/messages/\(first.response)/feedback", body)
                #expect(answer.status == 422)
            }
        }
    }
}

import Curl
import Foundation
import Identifiers
import Queue
import Store
import TestSupport
import Testing

@Suite struct ConversationTests {
    private func answered(_ api: TestAPI, _ person: Person, _ question: String) async throws -> JobOfAnswer {
        let job = try await person.ask(question)
        let worker = StandInWorker(api, job.id)
        try await worker.start()
        try await worker.finish("About **\(question)**")
        return job
    }

    @Test func `conversations are listed newest first, by page, and found by their text`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            for question in ["terns", "gulls", "skuas"] { _ = try await answered(api, ada, question) }
            let first = try await ada.send("GET", "/api/conversations?limit=2")
            let titles = try (first.member("conversations") as? [[String: Any]])?.map { $0["title"] as? String }
            #expect(titles == ["skuas", "gulls"])
            let cursor = try #require(try first.text("next_cursor"))
            let second = try await ada.send("GET", "/api/conversations?limit=2&cursor=\(cursor)")
            #expect(try (second.member("conversations") as? [Any])?.count == 1)
            #expect(try second.member("next_cursor") is NSNull)
            let found = try await ada.send("GET", "/api/conversations?q=gulls")
            #expect(try (found.member("conversations") as? [Any])?.count == 1)
            for limit in ["0", "-5", "1000", "x"] {
                #expect(try await ada.send("GET", "/api/conversations?limit=\(limit)").status == 200)
            }
            let bob = try await api.person("bob").send("GET", "/api/conversations")
            #expect(try (bob.member("conversations") as? [Any])?.isEmpty == true)
        }
    }

    @Test func `a conversation shows its messages`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await answered(api, ada, "terns")
            let answer = try await ada.send("GET", "/api/conversations/\(job.conversation)")
            #expect(answer.status == 200)
            #expect(try answer.number("message_count") == 2)
            #expect(try answer.text("active_leaf_id") == job.response)
            let messages = try #require(try answer.member("messages") as? [[String: Any]])
            #expect(messages.map { $0["role"] as? String } == ["user", "assistant"])
            #expect(messages[0]["content"] as? String == "terns")
            #expect(messages[1]["parent_id"] as? String == job.message)
            #expect((messages[1]["content_html"] as? String)?.contains("<strong>terns</strong>") == true)
            #expect(messages[1]["job_id"] as? String == job.id.description)
            #expect((messages[1]["sources"] as? [Any])?.count == 1)
        }
    }

    @Test func `a title can be changed, pinned, archived`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let path = "/api/conversations/\(try await answered(api, ada, "terns").conversation)"
            let renamed = try await ada.send("PUT", "\(path)/rename", #"{"title": "Birds"}"#)
            #expect(renamed.status == 200)
            #expect(try renamed.text("title") == "Birds")
            let long = String(repeating: "x", count: 201)
            for body in [#"{"title": ""}"#, #"{"title": "  "}"#, #"{"title": "\#(long)"}"#, #"{"title": 1}"#, "{}"] {
                #expect(try await ada.send("PUT", "\(path)/rename", body).status == 422)
            }
            let pinned = try await ada.send("PATCH", path, #"{"pinned": true}"#)
            #expect(try pinned.member("pinned") as? Bool == true)
            #expect(try pinned.member("archived") as? Bool == false)
            let archived = try await ada.send("PATCH", path, #"{"archived": true}"#)
            #expect(try archived.member("pinned") as? Bool == true)
            for body in [
                #"{"pinned": "yes"}"#, #"{"active_leaf_id": "01a21042-3cd9-7b9b-a53b-e52562b6153a"}"#,
            ] {
                #expect(try await ada.send("PATCH", path, body).status == 422)
            }
        }
    }

    @Test func `a refused change changes nothing`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let path = "/api/conversations/\(try await ada.ask("terns").conversation)"
            let body =
                #"{"title": "New", "pinned": true, "active_leaf_id": "01a21042-3cd9-7b9b-a53b-e52562b6153a"}"#
            #expect(try await ada.send("PATCH", path, body).status == 422)
            let shown = try await ada.send("GET", path)
            #expect(try shown.text("title") == "terns")
            #expect(try shown.member("pinned") as? Bool == false)
            let changed = try await ada.send("PATCH", path, #"{"title": "New", "pinned": true}"#)
            #expect(try changed.text("title") == "New")
            #expect(try changed.member("pinned") as? Bool == true)
            let found = try await ada.send("GET", "/api/conversations?q=new")
            #expect(try (found.member("conversations") as? [Any])?.count == 1)
        }
    }

    @Test(arguments: [
        (#"\n\t Birds \u00a0\u2003"#, "Birds"), (#"Bi\u202erds\u0007"#, "Birds"), (#"a\nb"#, "a b"),
        (#"\u2067x\u2069"#, "x"),
    ])
    func `a title is one clean line`(_ given: String, _ kept: String) async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let path = "/api/conversations/\(try await ada.ask("\(given)").conversation)"
            #expect(try await ada.send("GET", path).text("title") == kept)
            let renamed = try await ada.send("PUT", "\(path)/rename", #"{"title": "\#(given)"}"#)
            #expect(try renamed.text("title") == kept)
            let changed = try await ada.send("PATCH", path, #"{"title": "\#(given)"}"#)
            #expect(try changed.text("title") == kept)
        }
    }

    @Test func `a title and a preview are short, whatever a letter is made of`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            _ = try await ada.ask("e" + String(repeating: "\u{0301}", count: 5000))
            let list = try await ada.send("GET", "/api/conversations").member("conversations")
            let shown = try #require((list as? [[String: Any]])?.first)
            #expect((shown["title"] as? String)?.unicodeScalars.count ?? .max <= 200)
            #expect((shown["last_message_preview"] as? String)?.unicodeScalars.count ?? .max <= 140)
        }
    }

    @Test(arguments: ["", "/delete"])
    func `a deleted conversation is hidden at once and can be brought back`(suffix: String) async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let path = "/api/conversations/\(job.conversation)"
            #expect(try await ada.send("DELETE", path + suffix).status == 204)
            #expect(try await ada.send("GET", path).status == 404)
            #expect(try await ada.send("DELETE", path + suffix).status == 404)
            #expect(try await ada.send("GET", job.path).text("status") == "cancelled")
            let removal = try #require(try await api.store.jobs.list(JobFilter(kind: "housekeeping")).elements.first)
            try await eventually("the removal to be scheduled") {
                try await api.queue.states(of: [removal.id]).first == .scheduled
            }
            #expect(try await ada.send("POST", "\(path)/restore").status == 200)
            #expect(try await ada.send("GET", path).status == 200)
        }
    }

    @Test func `a conversation can be taken along as a file`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let path = "/api/conversations/\(try await answered(api, ada, "terns").conversation)/export"
            let json = try await ada.send("GET", path)
            #expect(json.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
            #expect(try (json.member("messages") as? [Any])?.count == 2)
            let markdown = try await ada.send("GET", "\(path)?format=md")
            #expect(markdown.headers["Content-Type"] == "text/markdown; charset=utf-8")
            #expect(markdown.text.contains("About **terns**"))
            #expect(try await ada.send("GET", "\(path)?format=pdf").status == 422)
            #expect(try await api.person("bob").send("GET", path).status == 404)
        }
    }

    @Test func `foreign conversations are 404 on every route`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let bob = try await api.person("bob")
            let path = "/api/conversations/\(try await ada.ask().conversation)"
            for path in [path, "/api/conversations/nonsense"] {
                #expect(try await bob.send("GET", path).status == 404)
                #expect(try await bob.send("PUT", "\(path)/rename", #"{"title": "Mine"}"#).status == 404)
                #expect(try await bob.send("PATCH", path, #"{"pinned": true}"#).status == 404)
                #expect(try await bob.send("DELETE", path).status == 404)
                #expect(try await bob.send("DELETE", "\(path)/delete").status == 404)
                #expect(try await bob.send("POST", "\(path)/restore").status == 404)
            }
            #expect(try await ada.send("GET", path).text("title") == "What is Tern?")
        }
    }

    @Test func `the flat history pairs questions with answers`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            for question in ["terns", "gulls"] { _ = try await answered(api, ada, question) }
            let answer = try await ada.send("GET", "/api/chat-history")
            let history = try #require(try answer.member("history") as? [[String: Any]])
            #expect(history.map { $0["message"] as? String } == ["terns", "gulls"])
            #expect(history.map { $0["response"] as? String } == ["About **terns**", "About **gulls**"])
            #expect(answer.headers["Deprecation"] != nil)
        }
    }
}

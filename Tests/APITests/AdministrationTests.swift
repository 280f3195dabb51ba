import Bootstrap
import Curl
import Foundation
import Identifiers
import Jobs
import Queue
import Redis
import Store
import TestSupport
import Testing

@Suite struct AdministrationTests {
    private func administrator(_ api: TestAPI) async throws -> Person {
        let ada = try await api.person("ada")
        _ = try await api.store.accounts.set(ada.accountID, isAdmin: true)
        return ada
    }

    @Test func `the scheduler is for administrators`() async throws {
        try await TestAPI.run { api in
            let bob = try await api.person("bob")
            for (method, path) in [("GET", "status"), ("POST", "trigger")] {
                let path = "/api/admin/scheduler/\(path)"
                #expect(try await api.send(method, path).status == 401)
                let refused = try await bob.send(method, path)
                #expect(refused.status == 403)
                #expect(try refused.text("code") == "forbidden")
            }
        }
    }

    @Test func `the status tells every entry of the timetable`() async throws {
        try await TestAPI.run { api in
            let ada = try await administrator(api)
            try await api.store.schedules.declare([
                NewSchedule(name: "nightly", description: "Sweeps", cron: "0 2 * * *", timeZone: "UTC")
            ])
            let answer = try await ada.send("GET", "/api/admin/scheduler/status")
            #expect(answer.status == 200)
            #expect(try answer.text("time_zone") == "UTC")
            #expect(try answer.member("leader") is NSNull)
            let schedule = try #require(try (answer.member("schedules") as? [[String: Any]])?.first)
            #expect(schedule["name"] as? String == "nightly")
            #expect((schedule["next_run_at"] as? String)?.hasSuffix("T02:00:00.000Z") == true)
            #expect(schedule["enabled"] as? Bool == true)
            #expect(schedule["last_status"] is NSNull)
        }
    }

    @Test func `a task runs by hand, one at a time, and its result can be waited for`() async throws {
        try await TestAPI.run { api in
            let ada = try await administrator(api)
            let path = "/api/admin/scheduler/trigger"
            let unknown = try await ada.send("POST", path, #"{"task": "everything"}"#)
            #expect(unknown.status == 422)
            #expect(unknown.text.contains("conversations"))
            async let waiting = ada.send("POST", path, #"{"task": "users"}"#, headers: [("Prefer", "wait=20")])
            let job = try await eventually("the job") {
                try await api.store.jobs.list(JobFilter(kind: "housekeeping")).elements.first
            }
            let busy = try await ada.send("POST", path, #"{"task": "users"}"#)
            #expect(busy.status == 409)
            #expect(try busy.text("job_id") == job.id.description)
            _ = try await api.store.jobs.claim(job.id, attempt: 1, fence: 1)
            _ = try await api.store.jobs.succeed(job.id, fence: 1, result: #"{"deleted": 3}"#)
            try await api.feed.ring(job.id)
            let done = try await waiting
            #expect(done.status == 200)
            #expect(try done.number("deleted") == 3)
            #expect(try done.text("job.status") == "succeeded")
            let again = try await ada.send("POST", path, #"{"task": "users"}"#)
            #expect(again.status == 202)
            #expect(try again.text("kind") == "housekeeping")
            #expect(try await api.store.audit.list(action: "scheduler.trigger").elements.count == 2)
        }
    }

    @Test func `the timetable can be changed within its rules`() async throws {
        try await TestAPI.run { api in
            let ada = try await administrator(api)
            try await api.store.schedules.declare([
                NewSchedule(name: "nightly", description: "Sweeps", cron: "0 2 * * *", timeZone: "UTC"),
                NewSchedule(
                    name: "reconcile", description: "Mends", cron: "@every 30s", timeZone: "UTC", isRequired: true),
            ])
            let path = "/api/admin/scheduler/schedules"
            let changed = try await ada.send("PATCH", "\(path)/nightly", #"{"enabled": false, "cron": "30 4 * * *"}"#)
            #expect(try changed.text("cron") == "30 4 * * *")
            #expect(try changed.member("enabled") as? Bool == false)
            #expect(try changed.member("next_run_at") is NSNull)
            let endless = "@every " + String(repeating: "999999999d", count: 10_000)
            for cron in ["61 * * * *", endless] {
                #expect(try await ada.send("PATCH", "\(path)/nightly", #"{"cron": "\#(cron)"}"#).status == 422)
            }
            #expect(try await ada.send("PATCH", "\(path)/reconcile", #"{"enabled": false}"#).status == 422)
            #expect(try await ada.send("PATCH", "\(path)/nothing", #"{"enabled": false}"#).status == 404)
            #expect(try await ada.send("GET", "/api/admin/scheduler/runs?name=nightly").status == 200)
        }
    }

    @Test func `statistics count what the tables hold`() async throws {
        try await TestAPI.run { api in
            let ada = try await administrator(api)
            _ = try await ada.ask()
            _ = try await api.store.statistics.storePoint()
            let answer = try await ada.send("GET", "/api/admin/scheduler/statistics?range=7d")
            #expect(try answer.number("users.total") == 1)
            #expect(try answer.number("conversations.total") == 1)
            #expect(try answer.number("messages.total") == 2)
            #expect(try (answer.member("series") as? [Any])?.count == 1)
            #expect(try await ada.send("GET", "/api/admin/scheduler/statistics?range=1y").status == 422)
        }
    }

    @Test func `queues are shown, paused and resumed`() async throws {
        try await TestAPI.run { api in
            let ada = try await administrator(api)
            let job = try await ada.ask()
            func answers() async throws -> [String: Any]? {
                let queues = try await ada.send("GET", "/api/admin/queues").member("queues") as? [[String: Any]]
                return queues?.first { $0["name"] as? String == "answers" }
            }
            try await eventually("the depth") { try await answers()?["depth"] as? Int == 1 }
            #expect(try await ada.send("POST", "/api/admin/queues/answers/pause").status == 200)
            #expect(try await answers()?["paused"] as? Bool == true)
            try await eventually("the reason") {
                try await ada.send("GET", job.path).text("queue.reason") == "paused"
            }
            #expect(try await ada.send("POST", "/api/admin/queues/answers/resume").status == 200)
            try await eventually("no worker") {
                try await ada.send("GET", job.path).text("queue.reason") == "no_worker"
            }
            #expect(try await ada.send("POST", "/api/admin/queues/other/pause").status == 404)
            #expect(try await ada.send("GET", "/api/admin/workers").member("workers") is [Any])
        }
    }

    @Test func `the knowledge base can be listed and searched`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let documents = try await ada.send("GET", "/api/knowledge/documents")
            #expect(try (documents.member("documents") as? [Any])?.isEmpty == true)
            for query in ["", "?q=", "?q=x&mode=magic", "?q=%20"] {
                #expect(try await ada.send("GET", "/api/knowledge/search\(query)").status == 422)
            }
            let replies = Replies(redis: api.redis, namespace: api.settings.storage.namespace)
            var handlers = Handlers()
            handlers.on(SearchKnowledge.self) { search, attempt in
                #expect(search.query == "terns fly" && search.limit == 3 && search.mode == .keyword)
                try await replies.reply(
                    SearchKnowledge.Reply(passages: [
                        .init(
                            passageID: "7", documentID: "d", title: "Terns", heading: "Flight", text: "They fly.",
                            score: 1.5, ranks: .init(keyword: 1, vector: nil))
                    ]), to: attempt.id)
            }
            let found = Holder<HTTPAnswer?>(nil)
            try await withConsumer(of: api, handlers) {
                found.value = try await ada.send("GET", "/api/knowledge/search?q=terns+fly&limit=3&mode=keyword")
            }
            let answer = try #require(found.value)
            #expect(answer.status == 200)
            let passage = try #require(try (answer.member("passages") as? [[String: Any]])?.first)
            #expect(passage["title"] as? String == "Terns")
            #expect((passage["ranks"] as? [String: Any])?["vector"] is NSNull)
        }
    }
}

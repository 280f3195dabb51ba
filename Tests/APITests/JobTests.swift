import Curl
import Foundation
import Identifiers
import Jobs
import Queue
import Store
import TestSupport
import Testing

@Suite struct JobTests {
    @Test func `a job is shown with a version for the next look`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let answer = try await ada.send("GET", job.path)
            #expect(answer.status == 200)
            let version = try #require(try answer.number("version"))
            #expect(answer.headers["ETag"] == "\"\(version)\"")
            #expect(answer.headers["Cache-Control"] == "private, no-cache")
            #expect(answer.headers["Retry-After"] == "1")
            let known = try await ada.send("GET", job.path, headers: [("If-None-Match", "\"\(version)\"")])
            #expect(known.status == 304)
            #expect(known.body.isEmpty)
            let queued = try await eventually("the place in the queue") {
                let answer = try await ada.send("GET", job.path)
                return try answer.number("queue.position") == nil ? nil : answer
            }
            #expect(try queued.number("queue.position") == 0)
        }
    }

    @Test func `foreign, unknown and malformed ids are 404, old ones 410`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person("ada")
            let bob = try await api.person("bob")
            let job = try await ada.ask()
            var generator = SystemRandomNumberGenerator()
            let old = JobID.make(atMilliseconds: 1_768_000_000_000, using: &generator)
            // Before there was any server, and an id of another version.
            let impossible = JobID.make(atMilliseconds: 1_600_000_000_000, using: &generator)
            let foreign = JobID(high: old.high & ~0xF000 | 0x4000, low: old.low)
            for (method, suffix) in [("GET", ""), ("POST", "/cancel"), ("GET", "/events")] {
                #expect(try await bob.send(method, job.path + suffix).status == 404)
                #expect(try await ada.send(method, "/api/jobs/\(JobID.make())\(suffix)").status == 404)
                #expect(try await ada.send(method, "/api/jobs/nonsense\(suffix)").status == 404)
                #expect(try await ada.send(method, "/api/jobs/\(old)\(suffix)").status == 410)
                for id in [impossible, foreign] {
                    #expect(try await ada.send(method, "/api/jobs/\(id)\(suffix)").status == 404)
                }
            }
            #expect(try await bob.send("POST", "\(job.path)/retry").status == 404)
            #expect(try await bob.send("POST", "/api/messages/\(job.response)/regenerate").status == 404)
            #expect(try await bob.send("PUT", "/api/messages/\(job.message)", #"{"message": "x"}"#).status == 404)
            let feedback = try await bob.send("POST", "/api/messages/\(job.response)/feedback", #"{"rating": 1}"#)
            #expect(feedback.status == 404)
            let chat = try await bob.send(
                "POST", "/api/chat", #"{"message": "x", "conversation_id": "\#(job.conversation)"}"#)
            #expect(chat.status == 404)
        }
    }

    @Test(arguments: [true, false])
    func `a long poll is answered at the next visible change`(byHeader: Bool) async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            var shown = try await eventually("the stage") {
                let answer = try await ada.send("GET", job.path)
                return try answer.text("stage") == "generating" ? answer : nil
            }
            for step in ["one", "two", "three"] {
                let version = try #require(try shown.number("version"))
                async let waiting = ada.send(
                    "GET", byHeader ? job.path : "\(job.path)?wait=20&version=\(version)",
                    headers: byHeader ? [("If-None-Match", "\"\(version)\""), ("Prefer", "wait=20")] : [])
                try await worker.say(step + " ")
                shown = try await waiting
                #expect(shown.status == 200)
                #expect(try shown.text("response")?.hasSuffix(step + " ") == true)
                #expect(try #require(try shown.number("version")) > version)
            }
            let version = try #require(try shown.number("version"))
            async let waiting = ada.send("GET", "\(job.path)?wait=20&version=\(version)")
            try await worker.finish("one two three")
            #expect(try await waiting.text("status") == "succeeded")
            let final = try await ada.send("GET", job.path)
            let tag = try #require(final.headers["ETag"])
            let clock = ContinuousClock()
            let start = clock.now
            let known = try await ada.send("GET", job.path, headers: [("If-None-Match", tag), ("Prefer", "wait=20")])
            #expect(known.status == 304)
            #expect(clock.now - start < .seconds(10))
            #expect(final.headers["Retry-After"] == nil)
        }
    }

    @Test func `a long poll without news ends by itself`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let shown = try await ada.send("GET", job.path)
            let tag = try #require(shown.headers["ETag"])
            let answer = try await ada.send("GET", job.path, headers: [("If-None-Match", tag), ("Prefer", "wait=1")])
            #expect(answer.status == 304)
            #expect(answer.headers["ETag"] == tag)
        }
    }

    @Test func `only the new text is added, and a text that began anew is told`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("Grüße ")
            let first = try await ada.send("GET", "\(job.path)?after=0")
            #expect(try first.text("delta") == "Grüße ")
            let next = try #require(try first.text("next"))
            try await worker.say("🐦")
            let second = try await ada.send("GET", "\(job.path)?after=\(next)")
            #expect(try second.text("delta") == "🐦")
            #expect(try second.member("reset") as? Bool == false)
            let place = try #require(try second.text("next"))
            let other = StandInWorker(api, job.id, fence: 2)
            try await other.start()
            try await other.say("Another text")
            let third = try await ada.send("GET", "\(job.path)?after=\(place)")
            #expect(try third.text("delta") == "Another text")
            #expect(try third.member("reset") as? Bool == true)
            #expect(try await ada.send("GET", "\(job.path)?after=nonsense").status == 422)
        }
    }

    @Test func `a waiting job is cancelled at once, and again to no effect`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            try await eventually("the job to be enqueued") {
                try await api.queue.states(of: [job.id]).first == .ready
            }
            let first = try await ada.send("POST", "\(job.path)/cancel")
            #expect(first.status == 202)
            #expect(try first.text("status") == "cancelled")
            let again = try await ada.send("POST", "\(job.path)/cancel")
            #expect(again.status == 200)
            #expect(try await api.queue.states(of: [job.id]).first != .ready)
        }
    }

    @Test func `a running job is asked to stop and its watchers hear of it`() async throws {
        var holding = Handlers()
        holding.on(GenerateAnswer.self) { _, _ in try await Task.sleep(for: .seconds(3600)) }
        try await TestAPI.run { api in
            let ada = try await api.person()
            try await withConsumer(of: api, holding) {
                let job = try await ada.ask()
                try await eventually("the start") { try await api.queue.states(of: [job.id]).first == .running }
                let worker = StandInWorker(api, job.id)
                try await worker.start()
                try await worker.say("Half of it")
                let shown = try await ada.send("GET", job.path)
                let version = try #require(try shown.number("version"))
                async let waiting = ada.send("GET", "\(job.path)?wait=20&version=\(version)")
                let cancel = try await ada.send("POST", "\(job.path)/cancel")
                #expect(cancel.status == 202)
                #expect(try cancel.text("status") == "cancelling")
                #expect(try await waiting.text("status") == "cancelling")
                _ = try await api.store.jobs.checkpoint([
                    Checkpoint(jobID: job.id, fence: 1, text: "Half of it", eventID: nil)
                ])
                _ = try await api.store.jobs.end(job.id, fence: 1, as: .cancelled)
                let ended = try await ada.send("GET", job.path)
                #expect(try ended.text("status") == "cancelled")
                #expect(try ended.text("response") == "Half of it")
            }
        }
    }

    @Test func `a job whose worker died is cancelled at once, and its conversation is free`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            try await eventually("the job to be enqueued") {
                try await api.queue.states(of: [job.id]).first == .ready
            }
            // To the Store it runs; in the queue it waits for another worker.
            try await StandInWorker(api, job.id).start()
            let cancel = try await ada.send("POST", "\(job.path)/cancel")
            #expect(cancel.status == 202)
            #expect(try cancel.text("status") == "cancelled")
            #expect(try await api.feed.snapshot(job.id)?.isDone == true)
            let next = try await ada.send(
                "POST", "/api/chat", #"{"message": "x", "conversation_id": "\#(job.conversation)"}"#)
            #expect(next.status == 202)
        }
    }

    @Test func `shutdown answers who waits`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let waiting = Holder<Task<HTTPAnswer, any Error>?>(nil)
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let version = try #require(try await ada.send("GET", job.path).number("version"))
            waiting.value = Task { try await ada.send("GET", "\(job.path)?wait=30&version=\(version)") }
            // A second poll that is answered shows that the first was sent before it.
            _ = try await ada.send("GET", "\(job.path)?wait=1&version=\(version)")
        }
        let answer = try await waiting.value?.value
        #expect(answer?.status == 304)
        #expect(clock.now - start < .seconds(25))
    }
}

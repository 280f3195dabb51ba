import Bootstrap
import Curl
import Foundation
import Jobs
import Redis
import Store
import TestSupport
import Testing

@Suite struct EventStreamTests {
    @Test func `a stream tells what happens and ends with the job`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let stream = try await EventStream(ada, job.path)
            #expect(try await stream.next()?.data["status"] as? String == "queued")
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("Hello ")
            try await worker.say("you")
            try await worker.finish("Hello you")
            let events = try await stream.rest()
            #expect(events.text == "Hello you")
            #expect(events.last?.name == "done")
            #expect(events.last?.data["response"] as? String == "Hello you")
            #expect(events.allSatisfy { $0.id != nil })
            let after = try await ada.send(
                "GET", "\(job.path)/events", headers: [("Last-Event-ID", events.last?.id ?? "")])
            #expect(after.status == 204)
        }
    }

    @Test func `a reader that comes back goes on where it was`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("one ")
            let first = try await EventStream(ada, job.path)
            let seen = try await first.until { $0.name == "delta" }
            try await worker.say("two ")
            try await worker.finish("one two ")
            let second = try await EventStream(ada, job.path, after: seen.last?.id)
            let rest = try await second.rest()
            #expect(seen.text + rest.text == "one two ")
            #expect(!rest.contains { $0.name == "reset" })
        }
    }

    @Test func `a lost feed gives the text of the checkpoint anew`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("one two")
            let stream = try await EventStream(ada, job.path)
            let seen = try await stream.until { $0.name == "delta" }
            let last = try #require(seen.last?.id)
            _ = try await api.store.jobs.checkpoint([
                Checkpoint(jobID: job.id, fence: 1, text: "one two", eventID: last)
            ])
            let prefix = "{\(api.settings.storage.namespace)}:feed:\(job.id)"
            _ = try await api.redis.send(
                RedisCommand("DEL", .text(prefix), .text("\(prefix):state"), .text("\(prefix):text")))
            let again = try await EventStream(ada, job.path, after: last)
            let events = try await again.until { $0.name == "delta" }
            #expect(events.contains { $0.name == "reset" })
            #expect(events.last?.data["text"] as? String == "one two")
        }
    }

    @Test func `a failure is told before the end`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.fail("provider_unavailable")
            let stream = try await EventStream(ada, job.path)
            let events = try await stream.rest()
            #expect(events.filter { $0.name == "failure" }.count == 1)
            #expect(events.first { $0.name == "failure" }?.data["code"] as? String == "provider_unavailable")
            #expect(events.last?.data["status"] as? String == "failed")
        }
    }

    @Test func `shutdown ends a stream`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let open = Holder<EventStream?>(nil)
        try await TestAPI.run { api in
            let ada = try await api.person()
            let stream = try await EventStream(ada, try await ada.ask().path)
            _ = try await stream.next()
            open.value = stream
        }
        #expect(try await open.value?.rest().contains { $0.name == "done" } == false)
        #expect(clock.now - start < .seconds(25))
    }

    @Test func `a stream says that it is one`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            _ = try await ada.send("POST", "\(job.path)/cancel")
            let answer = try await ada.send("GET", "\(job.path)/events")
            #expect(answer.headers["Content-Type"] == "text/event-stream")
            #expect(answer.headers["X-Accel-Buffering"] == "no")
            #expect(answer.text.contains("event: done"))
        }
    }
}

/// Reads `text/event-stream` as EventSource does.
final class EventStream: Sendable {
    struct Event: @unchecked Sendable {
        var name = "message"
        var id: String?
        var data: [String: Any] = [:]
    }

    private let state: Holder<Reading>

    private struct Reading: @unchecked Sendable {
        var iterator: HTTPBody.AsyncIterator
        var buffer = ""
    }

    init(_ person: Person, _ path: String, after id: String? = nil) async throws {
        var headers: HTTPHeaders = ["Authorization": "Bearer \(person.access)", "Accept": "text/event-stream"]
        if let id { headers.append("Last-Event-ID", id) }
        let response = try await HTTPClient().send(
            HTTPRequest("GET", "\(person.api.url)\(path)/events", headers: headers))
        state = Holder(Reading(iterator: response.body.makeAsyncIterator()))
    }

    /// The next event, nil at the end of the stream.
    func next() async throws -> Event? {
        while true {
            var reading = state.value
            if let end = reading.buffer.range(of: "\n\n") {
                let block = String(reading.buffer[..<end.lowerBound])
                reading.buffer.removeSubrange(..<end.upperBound)
                state.value = reading
                if let event = Self.event(block) { return event }
                continue
            }
            guard let bytes = try await reading.iterator.next() else { return nil }
            reading.buffer += String(decoding: bytes, as: UTF8.self)
            state.value = reading
        }
    }

    func rest() async throws -> [Event] {
        var events: [Event] = []
        while let event = try await next() { events.append(event) }
        return events
    }

    func until(_ isWanted: (Event) -> Bool) async throws -> [Event] {
        var events: [Event] = []
        while let event = try await next() {
            events.append(event)
            if isWanted(event) { break }
        }
        return events
    }

    private static func event(_ block: String) -> Event? {
        var event = Event()
        var hasData = false
        for line in block.split(separator: "\n") where !line.hasPrefix(":") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            switch parts[0] {
            case "event": event.name = value
            case "id": event.id = value
            case "data":
                hasData = true
                event.data = (try? JSONSerialization.jsonObject(with: Data(value.utf8))) as? [String: Any] ?? [:]
            default: break
            }
        }
        return hasData ? event : nil
    }
}

extension [EventStream.Event] {
    /// The deltas put together.
    var text: String {
        reduce(into: "") { text, event in
            switch event.name {
            case "reset": text = ""
            case "delta": text += event.data["text"] as? String ?? ""
            default: break
            }
        }
    }
}

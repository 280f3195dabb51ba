import Curl
import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct RedisOutageTests {
    @Test func `questions are accepted while Redis is down and delivered when it is back`() async throws {
        let server = try await RedisServer.start()
        try await TestAPI.run(redis: server) { api in
            let ada = try await api.person()
            try await server.kill()
            let jobs = [try await ada.ask(), try await ada.ask()]
            let ready = try await api.send("GET", "/readyz")
            #expect(ready.status == 503)
            #expect(ready.headers["Retry-After"] != nil)
            #expect(try ready.text("parts.redis") == "failing")
            #expect(try ready.text("parts.store") == "ok")
            let shown = try await ada.send("GET", jobs[0].path)
            #expect(shown.status == 200)
            #expect(try shown.text("status") == "queued")
            #expect(try await ada.send("POST", "\(jobs[1].path)/cancel").text("status") == "cancelled")
            try await server.restart()
            try await eventually("the first job to be enqueued", within: .seconds(20)) {
                (try? await api.queue.states(of: [jobs[0].id]).first) == .ready
            }
        }
    }
}

import Curl
import Foundation
import Identifiers
import Queue
import Redis
import TestSupport
import Testing

@Suite struct RedisOutageTests {
    @Test func `a Redis that is frozen holds nobody up`() async throws {
        let server = try await RedisServer.start()
        try await TestAPI.run(redis: server) { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            server.signal(SIGSTOP)
            defer { server.signal(SIGCONT) }
            let clock = ContinuousClock()
            func time(_ method: String, _ path: String, _ status: Int) async throws -> Duration {
                let start = clock.now
                #expect(try await ada.send(method, path).status == status)
                return clock.now - start
            }
            #expect(try await time("GET", "/readyz", 503) < .seconds(4))
            #expect(try await time("GET", job.path, 200) < .seconds(4))
            #expect(try await time("POST", "\(job.path)/cancel", 202) < .seconds(4))
        }
    }

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

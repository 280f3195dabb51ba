import Foundation
import Jobs
import Store
import TestSupport
import Testing

@Suite struct EventPlaceTests {
    @Test(arguments: ["x%0Adata:%20evil", "1-2%0D%0Aevent:%20done", "nonsense", "1-", "-1-0", "done"])
    func `a place that is none is answered with a reset and never repeated`(place: String) async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("Hello")
            try await worker.finish("Hello")
            let answer = try await ada.send("GET", "\(job.path)/events?after=\(place)")
            #expect(answer.status == 200)
            #expect(answer.text.contains("event: reset"))
            for line in answer.text.split(separator: "\n") where line.hasPrefix("id:") {
                #expect(line.dropFirst(4).allSatisfy { $0.isASCII && ($0.isNumber || "-done".contains($0)) }, "\(line)")
            }
            #expect(!answer.text.contains("evil"))
        }
    }

    @Test func `a finished job tells its statuses in their order`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            let worker = StandInWorker(api, job.id)
            try await worker.start()
            try await worker.say("Hello")
            try await worker.finish("Hello")
            let events = try await EventStream(ada, job.path).rest()
            let statuses = events.filter { $0.name == "status" }.compactMap { $0.data["status"] as? String }
            #expect(statuses == ["running", "succeeded"])
            #expect(events.suffix(2).map(\.name) == ["status", "done"])
            #expect(events.text == "Hello")
        }
    }

    @Test func `an expired job says why`() async throws {
        try await TestAPI.run { api in
            let ada = try await api.person()
            let job = try await ada.ask()
            _ = try await api.store.jobs.expireOverdue(at: Date().addingTimeInterval(3600))
            let shown = try await ada.send("GET", job.path)
            #expect(try shown.text("status") == "expired")
            #expect(try shown.text("error.code") == "expired")
            #expect(try shown.member("error.retryable") as? Bool == true)
            let events = try await EventStream(ada, job.path).rest()
            #expect(events.map(\.name).suffix(3) == ["status", "failure", "done"])
            #expect(events.first { $0.name == "failure" }?.data["code"] as? String == "expired")
        }
    }
}

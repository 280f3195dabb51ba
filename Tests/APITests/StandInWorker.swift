import Foundation
import Identifiers
import Jobs
import Store
import TestSupport

/// The ids of an answer on its way.
struct JobOfAnswer: Sendable {
    let id: JobID
    let conversation: String
    let message: String
    let response: String

    var path: String { "/api/jobs/\(id)" }

    init(_ answer: HTTPAnswer) throws {
        guard let id = try answer.text("job_id").flatMap({ JobID($0) }),
            let conversation = try answer.text("conversation_id"), let message = try answer.text("message_id"),
            let response = try answer.text("response_id")
        else { throw Person.Unexpected(description: answer.text) }
        self.id = id
        self.conversation = conversation
        self.message = message
        self.response = response
    }
}

/// Does to a job what a worker does, step by step as the test says.
struct StandInWorker: Sendable {
    let api: TestAPI
    let id: JobID
    let fence: Int64

    init(_ api: TestAPI, _ id: JobID, fence: Int64 = 1) {
        self.api = api
        self.id = id
        self.fence = fence
    }

    func start() async throws {
        _ = try await api.store.jobs.claim(id, attempt: 1, fence: fence)
        try await tell(.reset, .status(FeedStatus(status: "running", stage: "generating", attempt: 1)))
    }

    func say(_ text: String) async throws { try await tell(.delta(text)) }

    func tell(_ events: FeedEvent...) async throws { try await api.feed.append(events, to: id, fence: fence) }

    func finish(_ text: String) async throws {
        _ = try await api.store.chat.finishAnswer(
            id, fence: fence, text: text, outcome: "answered",
            sources: #"[{"n": 1, "title": "Terns", "heading": "", "snippet": "…", "score": 0.9}]"#,
            usage: #"{"prompt_tokens": 1, "completion_tokens": 2, "model": "m", "provider": "p"}"#)
        try await tell(.done)
    }

    func fail(_ code: String) async throws {
        let failure = FeedFailure(code: code, title: "It failed", retryable: true)
        let error = String(decoding: try JSONEncoder().encode(failure), as: UTF8.self)
        _ = try await api.store.jobs.end(id, fence: fence, as: .failed, error: error)
        try await tell(.failure(failure), .done)
    }
}

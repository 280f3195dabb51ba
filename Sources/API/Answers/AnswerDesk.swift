import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import Jobs
import Queue
import Store

/// Admits questions and answers them as HTTP: one place for every route that starts an answer.
struct AnswerDesk: Sendable {
    struct Rules: Sendable {
        let requiresVerification: Bool
        let maximumUnfinished: Int
        let maximumQueueLatency: Duration
        let answerDeadline: Duration
    }

    let store: Store
    let jobs: JobReader
    let dispatcher: Dispatcher
    let queues: QueueWatch
    let limit: RateLimiter
    let rules: Rules

    /// Refuses before anything is written.
    func admit(_ viewer: Viewer) async throws {
        if rules.requiresVerification, !viewer.isVerified { throw Problem.notVerified }
        let latency = queues.answerLatency
        if latency > Double(rules.maximumQueueLatency.components.seconds) {
            throw Problem.unavailable(
                "queue_overloaded", "Questions wait longer than they should; try again later.",
                retryAfter: min(60, max(5, Int(latency) / 4)))
        }
        try await limit.admit(viewer.accountID.description)
    }

    /// The job that will fill an answer.
    func newJob(response: MessageID, at now: Date) throws -> NewTrackedJob {
        NewTrackedJob(
            kind: GenerateAnswer.kind, queue: GenerateAnswer.policy.queue,
            payload: String(
                decoding: try GenerateAnswer(messageID: response.description).encodedPayload(), as: UTF8.self),
            maximumAttempts: GenerateAnswer.policy.maximumAttempts, deadline: now + rules.answerDeadline)
    }

    /// Hands a committed job to the queue and answers: 202, or 200 when `Prefer: wait` met the end.
    func answer(_ submission: Submission, to request: Request, viewer: Viewer) async throws -> Response {
        let document: JobDocument
        var isReplay = false
        switch submission {
        case .accepted(let job):
            dispatcher.deliver(job)
            document = JobDocument(job)
        case .replayed(let id):
            document = try await jobs.job(id, of: viewer.accountID)
            isReplay = true
        case .idempotencyMismatch:
            throw Problem(
                .unprocessableContent, "idempotency_mismatch", "This key was used before with another body.")
        case .busy(let id):
            throw Problem.conflict(
                "conversation_busy", "An answer in this conversation is unfinished; wait for it or cancel it."
            ).about(id).with(.location, "/api/jobs/\(id)").retry(afterSeconds: 1)
        case .tooManyUnfinished(let count):
            throw Problem.tooManyRequests(
                "too_many_unfinished", "\(count) of your answers are unfinished; wait for one.", retryAfter: 2)
        case .unknown: throw Problem.notFound
        case .notRetryable(let status):
            throw Problem.conflict(
                "not_retryable",
                "Only a failed, cancelled or expired job can be tried again; this is \(status.rawValue).")
        }
        return try await respond(document, to: request, viewer: viewer, isReplay: isReplay)
    }

    private func respond(
        _ document: JobDocument, to request: Request, viewer: Viewer, isReplay: Bool
    ) async throws -> Response {
        var document = document
        var headers: HTTPFields = [:]
        if isReplay { headers[.idempotentReplayed] = "true" }
        let wait = Preference(request.headers).wait
        if let wait {
            if wait > 0, !document.isTerminal {
                document = try await jobs.end(
                    of: document.job.id, account: viewer.accountID, within: .seconds(wait))
            }
            if document.isTerminal {
                headers[.preferenceApplied] = "wait=\(wait)"
                return .json(.ok, headers: headers) { json in json.object { document.write(to: &$0) } }
            }
        }
        headers[.location] = document.path
        headers[.retryAfter] = "1"
        return .json(.accepted, headers: headers) { json in json.object { document.write(to: &$0) } }
    }
}

import Assistant
import Foundation
import Identifiers
import Jobs
import Logging
import Queue
import Redis
import Store
import TestSupport
import Worker

/// A Store on a file of its own and keys of its own on the shared Redis: what handlers work on.
struct Fixture {
    let folder: TemporaryDirectory
    let store: Store
    let server: RedisServer
    let redis: RedisConnection
    let namespace = RedisServer.freshNamespace()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() async throws {
        folder = try TemporaryDirectory()
        store = try Store.open(path: folder.file("tern.sqlite3"), synchronous: .normal)
        try store.migrate()
        server = try await RedisServer.shared()
        redis = RedisConnection(try RedisAddress(parsing: server.url))
    }

    var feed: AnswerFeed { AnswerFeed(redis: redis, namespace: namespace) }
    var queue: JobQueue { JobQueue(redis: redis, namespace: namespace) }
    var run: TrackedRun { TrackedRun(store: store, feed: feed, queue: queue, logger: logger) }
    var recorder: JobRecorder { JobRecorder(store: store, feed: feed, logger: logger) }

    @discardableResult
    func account(_ name: String = "person", isVerified: Bool = false, at time: Date = Date()) async throws -> Account {
        let new = NewAccount(
            username: name, email: "\(name)@example.com", passwordHash: "hash", isVerified: isVerified)
        guard case .done(let account) = try await store.accounts.create(new, at: time) else {
            throw Unexpected("account \(name) was not created")
        }
        return account
    }

    @discardableResult
    func ask(
        _ text: String = "What is a tern?", by account: AccountID,
        in place: NewQuestion.Place = .newConversation(title: "New chat"), at time: Date = Date()
    ) async throws -> TrackedJob {
        let response = MessageID.make()
        let submission = try await store.chat.submit(
            NewQuestion(
                account: account, place: place, text: text,
                job: try row(GenerateAnswer(messageID: response.description)), maximumUnfinished: 1000,
                responseID: response), at: time)
        guard case .accepted(let job) = submission else { throw Unexpected("\(submission)") }
        return job
    }

    /// A job's row, as the API and the clock write it.
    func create(_ job: some Job, key: String? = nil) async throws -> TrackedJob {
        try await store.jobs.create(row(job, key: key)).job
    }

    func row<J: Job>(_ job: J, key: String? = nil) throws -> NewTrackedJob {
        NewTrackedJob(
            kind: J.kind, queue: J.policy.queue, payload: String(decoding: try job.encodedPayload(), as: UTF8.self),
            maximumAttempts: J.policy.maximumAttempts, uniqueKey: key)
    }

    /// One run of a job, as the runner hands it out.
    func attempt(_ job: TrackedJob, number: Int = 1, fence: Int64 = 1) -> Attempt {
        Attempt(
            id: job.id, kind: job.kind, queue: job.queue, number: number, maximum: job.maximumAttempts, fence: fence,
            enqueuedAt: job.createdAt)
    }

    func found(_ job: TrackedJob) async throws -> TrackedJob {
        guard let found = try await store.jobs.find(job.id) else { throw Unexpected("the job is gone") }
        return found
    }

    /// The text of the message that an answer goes into.
    func response(_ job: TrackedJob) async throws -> String {
        guard let account = job.accountID, let answer = try await store.jobs.answer(job.id, of: account) else {
            throw Unexpected("the answer is gone")
        }
        return answer.response ?? ""
    }

    func told(_ job: TrackedJob) async throws -> [FeedEvent] {
        try await feed.events(job.id).events.map(\.event)
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A stream of answer events under the test's hand.
struct Script {
    let events: AsyncThrowingStream<AnswerEvent, any Error>
    let continuation: AsyncThrowingStream<AnswerEvent, any Error>.Continuation

    init() {
        (events, continuation) = AsyncThrowingStream.makeStream()
    }

    /// One that is complete from the start.
    static func of(_ events: AnswerEvent..., failing error: (any Error)? = nil) -> Script {
        let script = Script()
        for event in events { script.continuation.yield(event) }
        script.continuation.finish(throwing: error)
        return script
    }
}

extension AnswerEvent {
    static func end(_ text: String, _ outcome: FinishedAnswer.Outcome = .answered) -> AnswerEvent {
        .finished(
            FinishedAnswer(
                text: text, outcome: outcome, sources: [],
                usage: Usage(promptTokens: 3, completionTokens: 4, model: "scripted", provider: "scripted")))
    }
}

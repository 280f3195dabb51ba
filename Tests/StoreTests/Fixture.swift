import Foundation
import Identifiers
import Store
import TestSupport

/// A migrated Store on a file of its own, with what most tests begin with.
struct Fixture {
    let folder: TemporaryDirectory
    let store: Store
    /// The time at which everything is made, so that tests count from it.
    let start = Date(timeIntervalSince1970: 1_800_000_000)

    init(readers: Int = 2) throws {
        folder = try TemporaryDirectory()
        store = try Store.open(path: folder.file("tern.sqlite3"), synchronous: .normal, readers: readers)
        try store.migrate()
    }

    /// A second pool on the same file: what another process would have.
    func anotherStore() throws -> Store {
        try Store.open(path: store.path, synchronous: .normal)
    }

    /// Some seconds after the start.
    func time(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    @discardableResult
    func account(
        _ name: String = "person", isVerified: Bool = false, isAdmin: Bool = false, at time: Date? = nil
    ) async throws -> Account {
        let new = NewAccount(
            username: name, email: "\(name)@example.com", passwordHash: "hash", isVerified: isVerified,
            isAdmin: isAdmin)
        guard case .done(let account) = try await store.accounts.create(new, at: time ?? start) else {
            throw Unexpected("account \(name) was not created")
        }
        return account
    }

    /// Submits a question that is expected to be accepted.
    @discardableResult
    func ask(
        _ text: String = "What is a tern?", by account: AccountID,
        in place: NewQuestion.Place = .newConversation(title: "New chat"), at time: Date? = nil
    ) async throws -> TrackedJob {
        let submission = try await store.chat.submit(
            question(text, by: account, in: place), at: time ?? start)
        guard case .accepted(let job) = submission else { throw Unexpected("\(submission)") }
        return job
    }

    func question(
        _ text: String = "What is a tern?", by account: AccountID,
        in place: NewQuestion.Place = .newConversation(title: "New chat"), key: IdempotencyKey? = nil,
        maximumUnfinished: Int = 1_000
    ) -> NewQuestion {
        NewQuestion(
            account: account, place: place, text: text, job: answerJob(), idempotency: key,
            maximumUnfinished: maximumUnfinished)
    }

    func answerJob() -> NewTrackedJob {
        NewTrackedJob(kind: "generate_answer", queue: "answers", payload: "{}", maximumAttempts: 5)
    }

    func job(_ kind: String = "housekeeping", key: String? = nil, id: JobID = .make()) -> NewTrackedJob {
        NewTrackedJob(id: id, kind: kind, queue: "maintenance", payload: "{}", maximumAttempts: 3, uniqueKey: key)
    }

    /// Claims an answer's job and finishes it.
    @discardableResult
    func finish(_ job: TrackedJob, text: String = "A seabird [1].", fence: Int64 = 1, at time: Date? = nil) async throws
        -> TrackedJob?
    {
        _ = try await store.jobs.claim(job.id, attempt: 1, fence: fence, at: time ?? start)
        return try await store.chat.finishAnswer(
            job.id, fence: fence, text: text, outcome: "answered", sources: "[]", usage: nil, at: time ?? start)?.job
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Unwraps what a test needs to go on.
func require<Value>(_ value: Value?, _ name: String = "value") throws -> Value {
    guard let value else { throw Unexpected("\(name) is nil") }
    return value
}

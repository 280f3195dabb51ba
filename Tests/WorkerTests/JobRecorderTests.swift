import Foundation
import Identifiers
import Jobs
import Queue
import Store
import TestSupport
import Testing
import Worker

@Suite struct JobRecorderTests {
    /// A job that an attempt has claimed.
    private func claimed(_ fixture: Fixture) async throws -> (TrackedJob, Attempt) {
        let job = try await fixture.ask(by: fixture.account().id)
        let attempt = fixture.attempt(job)
        _ = try await fixture.store.jobs.claim(job.id, attempt: attempt.number, fence: attempt.fence)
        return (job, attempt)
    }

    private func fault(_ job: TrackedJob) throws -> JobFault {
        try JSONDecoder().decode(JobFault.self, from: Data(try #require(job.error).utf8))
    }

    @Test func `a buried job is failed, with words for its owner`() async throws {
        let fixture = try await Fixture()
        let (job, attempt) = try await claimed(fixture)
        try await fixture.recorder.record(
            attempt, .bury(JobFailure(code: "provider_blocked", message: "The provider refused the question.")))
        let ended = try await fixture.found(job)
        #expect(ended.status == .failed)
        let fault = try fault(ended)
        #expect(fault.code == "provider_blocked" && !fault.retryable)
        #expect(fault.detail == "The provider refused the question.")
        #expect(fault.attempt == 1 && fault.at.hasSuffix("Z"))
        #expect(try await fixture.told(job) == [fault.feedEvent, .done])
    }

    @Test func `the message of an unforeseen error stays in the log`() async throws {
        let fixture = try await Fixture()
        let (job, attempt) = try await claimed(fixture)
        try await fixture.recorder.record(
            attempt, .bury(JobFailure(code: "failed", message: "no such column: SELECT secret")))
        let fault = try fault(try await fixture.found(job))
        #expect(fault.detail == nil && fault.retryable && !fault.title.isEmpty)
    }

    @Test func `a snooze waits without an error, a shutdown queues again`() async throws {
        let fixture = try await Fixture()
        let (job, attempt) = try await claimed(fixture)
        let until = Date(timeIntervalSinceNow: 60)
        try await fixture.recorder.record(attempt, .snooze(until: until, reason: "rate limit"))
        var row = try await fixture.found(job)
        #expect(row.status == .retrying && row.error == nil && row.nextAttemptAt != nil)
        _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 2)
        try await fixture.recorder.record(fixture.attempt(job, fence: 2), .givenBack)
        row = try await fixture.found(job)
        #expect(row.status == .queued && row.nextAttemptAt == nil)
        let statuses = try await fixture.told(job).compactMap {
            if case .status(let status) = $0 { status.status } else { nil }
        }
        #expect(statuses == ["retrying", "queued"])
    }

    @Test func `a retry of a job whose end was asked for is its end`() async throws {
        let fixture = try await Fixture()
        let (job, attempt) = try await claimed(fixture)
        _ = try await fixture.store.jobs.requestCancel(job.id)
        try await fixture.recorder.record(attempt, .retry(at: Date(), JobFailure(code: "failed", message: "")))
        #expect(try await fixture.found(job).status == .cancelled)
        #expect(try await fixture.told(job) == [.done])
    }

    @Test func `a job buried for its dead workers is failed`() async throws {
        let fixture = try await Fixture()
        let (job, _) = try await claimed(fixture)
        let failure = JobFailure(code: "worker_died_repeatedly", message: "its worker died three times")
        for _ in 1...2 { try await fixture.recorder.record(job.id, .buried(failure)) }
        let ended = try await fixture.found(job)
        #expect(ended.status == .failed)
        #expect(try fault(ended).code == "worker_died_repeatedly")
        #expect(try await fixture.told(job).filter { $0 == .done }.count == 1)
    }

    @Test func `an expired job is expired`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.ask(by: fixture.account().id)
        try await fixture.recorder.record(fixture.attempt(job), .expired)
        #expect(try await fixture.found(job).status == .expired)
    }

    @Test func `a mail and a document fail with their job`() async throws {
        let fixture = try await Fixture()
        let mailID = MailID.make()
        let creation = try await fixture.store.mails.create(
            NewMail(
                id: mailID, accountID: try await fixture.account().id, purpose: "verification",
                recipient: "person@example.com", job: try fixture.row(SendMail(mailID: mailID.description))))
        guard case .created(_, let mailJob) = creation else { throw Unexpected("\(creation)") }
        let id = DocumentID.make()
        let document = try await fixture.store.documents.create(
            NewDocument(
                id: id, title: "T", source: "t.txt", contentType: "text/plain", contentHash: "h", content: .text("x"),
                job: try fixture.row(IngestDocument(documentID: id.description))))
        guard case .created(_, let documentJob) = document else { throw Unexpected("\(document)") }
        for job in [mailJob, documentJob] {
            try await fixture.recorder.record(
                fixture.attempt(job), .bury(JobFailure(code: "time_limit", message: "too long")))
        }
        #expect(try await fixture.store.mails.find(mailID)?.status == .failed)
        #expect(try await fixture.store.documents.find(id)?.state == .failed)
    }

    @Test func `news of an untracked job is no business of the Store`() async throws {
        let fixture = try await Fixture()
        let attempt = Attempt(
            id: JobID.make(), kind: SearchKnowledge.kind, queue: JobQueues.answers, fence: 1, enqueuedAt: Date(),
            isTracked: false)
        try await fixture.recorder.record(attempt, .bury(JobFailure(code: "failed", message: "")))
        #expect(try await fixture.feed.snapshot(attempt.id) == nil)
    }
}

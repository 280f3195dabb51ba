import Foundation
import Identifiers
import Store
import Testing

struct JobTransitionsTests {
    @Test func `a claim needs a greater fence and an unfinished job`() async throws {
        let fixture = try Fixture()
        let job = try await fixture.store.jobs.create(fixture.job(), at: fixture.start).job
        guard case .claimed(let first) = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 5) else {
            throw Unexpected("not claimed")
        }
        #expect(first.status == .running && first.attempt == 1 && first.fence == 5 && first.startedAt != nil)
        for fence in [4, 5] as [Int64] {
            guard case .over = try await fixture.store.jobs.claim(job.id, attempt: 2, fence: fence) else {
                throw Unexpected("claimed with fence \(fence)")
            }
        }
        guard case .claimed(let second) = try await fixture.store.jobs.claim(job.id, attempt: 2, fence: 6) else {
            throw Unexpected("not claimed again")
        }
        #expect(second.attempt == 2 && second.startedAt == first.startedAt)
        _ = try await fixture.store.jobs.succeed(job.id, fence: 6)
        guard case .over = try await fixture.store.jobs.claim(job.id, attempt: 3, fence: 7) else {
            throw Unexpected("claimed a finished job")
        }
        guard case .over = try await fixture.store.jobs.claim(.make(), attempt: 1, fence: 1) else {
            throw Unexpected("claimed nothing")
        }
    }

    @Test func `a late attempt writes nothing over a newer one`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        let job = try await fixture.ask(by: account.id)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 10)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 20)
        #expect(try await !jobs.setStage("generating", of: job.id, fence: 10))
        let late = Checkpoint(jobID: job.id, fence: 10, text: "late", eventID: "1-0")
        #expect(try await jobs.checkpoint([late]) == [.lost])
        #expect(try await jobs.retryLater(job.id, fence: 10, nextAttemptAt: fixture.start, error: nil) == nil)
        #expect(try await jobs.giveBack(job.id, fence: 10) == nil)
        #expect(try await jobs.end(job.id, fence: 10, as: .failed) == nil)
        #expect(
            try await fixture.store.chat.finishAnswer(
                job.id, fence: 10, text: "late", outcome: "answered", sources: "[]", usage: nil) == nil)
        let done = try await fixture.store.chat.finishAnswer(
            job.id, fence: 20, text: "right", outcome: "answered", sources: "[1]", usage: "{}")
        #expect(done?.job.status == .succeeded)
        let answer = try require(try await jobs.answer(job.id, of: account.id))
        #expect(answer.response == "right" && answer.sources == "[1]" && answer.job.outcome == "answered")
    }

    @Test func `an effect lands once although two finish with the same fence`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask(by: account.id)
        #expect(try await fixture.finish(job, text: "first") != nil)
        #expect(try await fixture.finish(job, text: "second") == nil)
        #expect(try await fixture.store.jobs.answer(job.id, of: account.id)?.response == "first")
    }

    @Test func `checkpoints of many jobs are one transaction with an outcome each`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        var running: [TrackedJob] = []
        for _ in 0..<3 { running.append(try await fixture.ask(by: account.id)) }
        for job in running { _ = try await jobs.claim(job.id, attempt: 1, fence: 1) }
        _ = try await jobs.requestCancel(running[1].id)
        _ = try await jobs.claim(running[2].id, attempt: 1, fence: 2)
        let outcomes = try await jobs.checkpoint(
            running.map { Checkpoint(jobID: $0.id, fence: 1, text: "so far", eventID: "7-0") })
        #expect(outcomes == [.written, .cancelling, .lost])
        let answer = try require(try await jobs.answer(running[0].id, of: account.id))
        #expect(answer.response == "so far" && answer.job.partialEventID == "7-0")
        let page = try await fixture.store.conversations.page(
            of: require(running[0].conversationID), account: account.id)
        #expect(page?.messages.elements.last?.content == "so far")
        #expect(page?.messages.elements.last?.status == .running)
    }

    @Test func `the version grows with every change and is at least the time`() async throws {
        let fixture = try Fixture()
        let jobs = fixture.store.jobs
        let job = try await jobs.create(fixture.job(), at: fixture.start).job
        var versions = [job.version]
        _ = try await jobs.claim(job.id, attempt: 1, fence: 1, at: fixture.start)
        versions.append(try require(try await jobs.version(of: job.id)).version)
        _ = try await jobs.setStage("retrieving", of: job.id, fence: 1, at: fixture.time(-100))
        versions.append(try require(try await jobs.version(of: job.id)).version)
        _ = try await jobs.retryLater(job.id, fence: 1, nextAttemptAt: fixture.time(9), error: nil, at: fixture.time(5))
        versions.append(try require(try await jobs.version(of: job.id)).version)
        let zero = Int64(fixture.start.timeIntervalSince1970 * 1000)
        #expect(versions == [zero, zero + 1, zero + 2, zero + 5_000])
    }

    @Test func `a waiting job is cancelled at once and never claimed`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let job = try await fixture.ask(by: account.id)
        guard case .unknown = try await fixture.store.jobs.requestCancel(job.id, of: other.id) else {
            throw Unexpected("another's job was cancelled")
        }
        guard case .cancelled(let cancelled) = try await fixture.store.jobs.requestCancel(job.id, of: account.id) else {
            throw Unexpected("not cancelled")
        }
        #expect(cancelled.status == .cancelled && cancelled.finishedAt != nil)
        guard case .over = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1) else {
            throw Unexpected("claimed")
        }
        guard case .over = try await fixture.store.jobs.requestCancel(job.id, of: account.id) else {
            throw Unexpected("cancelled twice")
        }
        #expect(try await fixture.store.chat.message(require(job.responseID), of: account.id)?.status == .cancelled)
    }

    @Test func `a running job asked to cancel ends as cancelled and keeps its text`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        let job = try await fixture.ask(by: account.id)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 1)
        _ = try await jobs.checkpoint([Checkpoint(jobID: job.id, fence: 1, text: "half", eventID: nil)])
        guard case .cancelling = try await jobs.requestCancel(job.id) else { throw Unexpected("not cancelling") }
        guard case .cancelling = try await jobs.requestCancel(job.id) else { throw Unexpected("not idempotent") }
        let ended = try await jobs.end(job.id, fence: 1, as: .cancelled)
        #expect(ended?.status == .cancelled)
        #expect(try await jobs.answer(job.id, of: account.id)?.response == "half")
        try await fixture.ask(by: account.id, in: .conversation(require(job.conversationID)))
    }

    @Test func `a cancelling job that the queue no longer holds is ended by who asked`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        let job = try await fixture.ask(by: account.id)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 5)
        #expect(try await jobs.endCancelling(job.id, fence: 5) == nil)
        _ = try await jobs.requestCancel(job.id)
        #expect(try await jobs.endCancelling(job.id, fence: 4) == nil)
        let ended = try await jobs.endCancelling(job.id, fence: 5)
        #expect(ended?.status == .cancelled && ended?.finishedAt != nil)
        #expect(try await jobs.endCancelling(job.id, fence: 5) == nil)
        // The conversation is free again.
        try await fixture.ask(by: account.id, in: .conversation(require(job.conversationID)))
    }

    @Test func `the last transaction decides between finished and cancelled`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask(by: account.id)
        _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1)
        _ = try await fixture.store.jobs.requestCancel(job.id)
        let ended = try await fixture.store.chat.finishAnswer(
            job.id, fence: 1, text: "all of it", outcome: "answered", sources: "[]", usage: nil)
        #expect(ended?.job.status == .cancelled)
        #expect(try await fixture.store.jobs.answer(job.id, of: account.id)?.response == "all of it")
    }

    @Test func `a cancelling job is cancelled by its next claim, retry or return`() async throws {
        let fixture = try Fixture()
        let jobs = fixture.store.jobs
        for way in 0..<3 {
            let job = try await jobs.create(fixture.job()).job
            _ = try await jobs.claim(job.id, attempt: 1, fence: 1)
            _ = try await jobs.requestCancel(job.id)
            switch way {
            case 0:
                guard case .cancelled = try await jobs.claim(job.id, attempt: 1, fence: 2) else {
                    throw Unexpected("claimed")
                }
            case 1:
                #expect(
                    try await jobs.retryLater(job.id, fence: 1, nextAttemptAt: fixture.start, error: nil) == .cancelled)
            default:
                #expect(try await jobs.giveBack(job.id, fence: 1) == .cancelled)
            }
            #expect(try await jobs.find(job.id)?.status == .cancelled)
        }
    }

    @Test func `failed attempts join the history and the next start clears the text`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        let job = try await fixture.ask(by: account.id)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 1)
        _ = try await jobs.checkpoint([Checkpoint(jobID: job.id, fence: 1, text: "half", eventID: nil)])
        _ = try await jobs.retryLater(
            job.id, fence: 1, nextAttemptAt: fixture.time(2), error: "{\"code\":\n\"first\"}")
        let waiting = try require(try await jobs.find(job.id))
        #expect(waiting.status == .retrying && waiting.nextAttemptAt == fixture.time(2))
        _ = try await jobs.claim(job.id, attempt: 2, fence: 2)
        #expect(try await jobs.answer(job.id, of: account.id)?.response == nil)
        _ = try await jobs.end(job.id, fence: 2, as: .failed, error: #"{"code":"second"}"#)
        #expect(try await jobs.history(of: job.id) == [#"{"code": "first"}"#, #"{"code":"second"}"#])
        #expect(try await jobs.find(job.id)?.error == #"{"code":"second"}"#)
    }

    @Test func `a job that could not start by its deadline expires`() async throws {
        let fixture = try Fixture()
        let jobs = fixture.store.jobs
        func late() -> NewTrackedJob {
            var job = fixture.job()
            job.deadline = fixture.time(300)
            return job
        }
        let claimedLate = try await jobs.create(late()).job
        guard case .expired = try await jobs.claim(claimedLate.id, attempt: 1, fence: 1, at: fixture.time(301)) else {
            throw Unexpected("not expired")
        }
        let started = try await jobs.create(late()).job
        _ = try await jobs.claim(started.id, attempt: 1, fence: 1, at: fixture.time(299))
        let waiting = try await jobs.create(late()).job
        #expect(try await jobs.expireOverdue(at: fixture.time(299)).isEmpty)
        #expect(try await jobs.expireOverdue(at: fixture.time(301)).map(\.id) == [waiting.id])
        guard case .claimed = try await jobs.claim(started.id, attempt: 2, fence: 2, at: fixture.time(400)) else {
            throw Unexpected("a started job expired")
        }
    }

    @Test func `one unfinished job has a unique key, and its end frees it`() async throws {
        let fixture = try Fixture()
        let stores = [fixture.store, try fixture.anotherStore()]
        let creations = try await withThrowingTaskGroup(of: JobCreation.self) { group in
            for number in 0..<20 {
                group.addTask { try await stores[number % 2].jobs.create(fixture.job(key: "document 1")) }
            }
            return try await group.reduce(into: [JobCreation]()) { $0.append($1) }
        }
        #expect(creations.count(where: \.isNew) == 1)
        let id = try require(creations.first?.job.id)
        #expect(creations.allSatisfy { $0.job.id == id })
        _ = try await fixture.store.jobs.end(id, fence: nil, as: .cancelled)
        #expect(try await fixture.store.jobs.create(fixture.job(key: "document 1")).isNew)
        #expect(try await fixture.store.jobs.revive(id) == nil)
    }

    @Test func `a job written twice under one id stands once`() async throws {
        let fixture = try Fixture()
        let job = fixture.job()
        #expect(try await fixture.store.jobs.create(job).isNew)
        #expect(try await !fixture.store.jobs.create(job).isNew)
    }

    @Test func `a failed job can be revived and a succeeded one not`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let jobs = fixture.store.jobs
        let job = try await fixture.ask(by: account.id)
        _ = try await jobs.claim(job.id, attempt: 1, fence: 1)
        _ = try await jobs.checkpoint([Checkpoint(jobID: job.id, fence: 1, text: "halfway", eventID: nil)])
        _ = try await jobs.end(job.id, fence: 1, as: .failed, error: "{}")
        #expect(try await jobs.revive(job.id)?.status == .queued)
        #expect(try await fixture.store.conversations.list(of: account.id, matching: "halfway").elements.isEmpty)
        try await fixture.finish(job, text: "complete", fence: 2)
        #expect(try await jobs.answer(job.id, of: account.id)?.response == "complete")
        #expect(try await fixture.store.conversations.list(of: account.id, matching: "complete").elements.count == 1)
        #expect(try await jobs.revive(job.id) == nil)
    }

    @Test func `unfinished jobs are walked oldest first`() async throws {
        let fixture = try Fixture()
        let jobs = fixture.store.jobs
        var ids: [JobID] = []
        for number in 0..<5 {
            ids.append(try await jobs.create(fixture.job(), at: fixture.time(Double(number / 2))).job.id)
        }
        _ = try await jobs.end(ids[0], fence: nil, as: .failed)
        let expected = Array(ids[1...3])
        let first = try await jobs.unfinished(createdBefore: fixture.time(2), limit: 2)
        let second = try await jobs.unfinished(createdBefore: fixture.time(2), after: first.last, limit: 2)
        #expect(Set((first + second).map(\.id)) == Set(expected))
        #expect(try await jobs.unfinished(createdBefore: fixture.time(2), after: second.last).isEmpty)
    }

    @Test func `administration lists by status, queue, kind and text`() async throws {
        let fixture = try Fixture()
        let jobs = fixture.store.jobs
        let failed = try await jobs.create(fixture.job("backup")).job
        _ = try await jobs.end(failed.id, fence: nil, as: .failed, error: #"{"detail":"Disk FULL"}"#)
        for _ in 0..<4 { _ = try await jobs.create(fixture.job()) }
        #expect(try await jobs.list(JobFilter(statuses: [.failed])).elements.map(\.id) == [failed.id])
        #expect(try await jobs.list(JobFilter(statuses: [.failed, .queued])).elements.count == 5)
        #expect(try await jobs.list(JobFilter(kind: "housekeeping")).elements.count == 4)
        #expect(try await jobs.list(JobFilter(queue: "answers")).elements.isEmpty)
        #expect(try await jobs.list(JobFilter(text: "disk full")).elements.map(\.id) == [failed.id])
        let page = try await jobs.list(limit: 3)
        let rest = try await jobs.list(limit: 3, cursor: page.next)
        #expect(page.elements.count == 3 && rest.elements.count == 2 && rest.next == nil)
        #expect(try await jobs.counts() == [.failed: 1, .queued: 4])
    }

    @Test func `an answer brings a job for the title unless the conversation has one`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask(by: account.id)
        func finish(_ job: TrackedJob) async throws -> TrackedJob? {
            _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1)
            return try await fixture.store.chat.finishAnswer(
                job.id, fence: 1, text: "text", outcome: "answered", sources: "[]", usage: nil,
                titleJob: fixture.job("make_title"))?.titleJob
        }
        #expect(try await finish(first)?.kind == "make_title")
        let conversation = try require(first.conversationID)
        #expect(try await fixture.store.conversations.setAutomaticTitle("Terns", of: conversation))
        let second = try await fixture.ask(by: account.id, in: .conversation(conversation))
        #expect(try await finish(second) == nil)
        let named = try await fixture.ask(by: account.id)
        _ = try await fixture.store.conversations.rename(require(named.conversationID), of: account.id, to: "Mine")
        #expect(try await finish(named) == nil)
    }
}

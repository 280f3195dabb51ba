import Beat
import Foundation
import Identifiers
import Jobs
import Queue
import Redis
import Store
import TestSupport
import Testing

@Suite struct ReconciliationTests {
    @Test func `after a loss of Redis every kind of job is in the queue again, once`() async throws {
        let server = try await RedisServer.start()
        let fixture = try await Fixture()
        let redis = RedisConnection(try RedisAddress(parsing: server.url))
        let queue = JobQueue(redis: redis, namespace: fixture.namespace)
        let reconciliation = Reconciliation(
            store: fixture.store, queue: queue, feed: AnswerFeed(redis: redis, namespace: fixture.namespace),
            holder: "one", logger: fixture.logger, page: 3)
        var rows: [TrackedJob] = []
        for job in fixture.everyKind { rows.append(try await fixture.create(job)) }
        #expect(Set(rows.map(\.kind)) == Set(JobCatalogue.tracked.map { $0.kind }))
        #expect(try await reconciliation.pass(at: fixture.now) == .init(enqueued: rows.count))
        // One of them was running when everything went.
        _ = try await fixture.store.jobs.claim(rows[0].id, attempt: 1, fence: 1)
        _ = try await redis.send("FLUSHALL")
        #expect(try await reconciliation.pass(at: fixture.now) == .init(enqueued: rows.count))
        #expect(try await queue.states(of: rows.map(\.id)).allSatisfy { $0 == .ready })
        #expect(try await reconciliation.pass(at: fixture.now) == .init())
    }

    @Test func `a young row is left to its writer`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(StoreStatistics(), secondsAgo: 14)
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init())
        #expect(try await fixture.state(row) == nil)
    }

    @Test func `what the queue holds or the Store knows as ended is left alone`() async throws {
        let fixture = try await Fixture()
        let held = try await fixture.create(StoreStatistics())
        try await fixture.enqueue(held)
        let later = try await fixture.create(BackupDatabase())
        try await fixture.enqueue(later, runAt: fixture.now.addingTimeInterval(600))
        let ended = try await fixture.create(RefreshKnowledge())
        _ = try await fixture.store.jobs.end(ended.id, fence: nil, as: .cancelled)
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init())
        #expect(try await fixture.state(ended) == nil)
    }

    @Test func `a job that waits for its next attempt waits on, in the new queue`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(SendMail(mailID: "m"))
        _ = try await fixture.store.jobs.claim(row.id, attempt: 1, fence: 1)
        _ = try await fixture.store.jobs.retryLater(
            row.id, fence: 1, nextAttemptAt: fixture.now.addingTimeInterval(600), error: "{}")
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init(enqueued: 1))
        #expect(try await fixture.state(row) == .scheduled)
    }

    @Test func `a cancellation whose job is nowhere is carried out`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(GenerateAnswer(messageID: "m"))
        _ = try await fixture.store.jobs.claim(row.id, attempt: 1, fence: 1)
        _ = try await fixture.store.jobs.requestCancel(row.id)
        #expect(try await fixture.status(row) == .cancelling)
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init(cancelled: 1))
        #expect(try await fixture.status(row) == .cancelled)
        #expect(try await fixture.feed.snapshot(row.id)?.isDone == true)
    }

    @Test func `a cancellation that the queue never heard of reaches it`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(GenerateAnswer(messageID: "m"))
        try await fixture.enqueue(row)
        _ = try await fixture.store.jobs.claim(row.id, attempt: 1, fence: 1)
        _ = try await fixture.store.jobs.requestCancel(row.id)
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init(cancelled: 1))
        #expect(try await fixture.status(row) == .cancelled)
        #expect(try await fixture.state(row) != .ready)
    }

    @Test func `what did not start by its deadline expires, and the queue drops it`() async throws {
        let fixture = try await Fixture()
        let overdue = try await fixture.create(GenerateAnswer(messageID: "a"), deadline: fixture.ago(1))
        let started = try await fixture.create(GenerateAnswer(messageID: "b"), deadline: fixture.ago(1))
        let early = try await fixture.create(
            GenerateAnswer(messageID: "c"), deadline: fixture.now.addingTimeInterval(100))
        for row in [overdue, started, early] { try await fixture.enqueue(row) }
        _ = try await fixture.store.jobs.claim(started.id, attempt: 1, fence: 1, at: fixture.ago(30))
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init(expired: 1))
        #expect(try await fixture.status(overdue) == .expired)
        #expect(try await fixture.status(started) == .running)
        #expect(try await fixture.status(early) == .queued)
        #expect(try await fixture.state(overdue) == .cancelled)
        #expect(try await fixture.feed.snapshot(overdue.id)?.isDone == true)
    }

    @Test func `a row whose job is dead in the queue is failed`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(StoreStatistics())
        try await fixture.enqueue(row)
        // A worker without a record of its own, as one that died between Redis and the Store.
        var handlers = Handlers()
        handlers.on(StoreStatistics.self) { _, _ in throw Unrecoverable("no use", code: "not_found") }
        let runner = JobRunner(
            address: try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace, handlers: handlers,
            configuration: .init(queues: [QueueWeight(JobQueues.maintenance)], concurrency: 1), logger: fixture.logger)
        let running = Task { try await runner.run() }
        try await eventually("the burial") { try await fixture.state(row) == .dead }
        running.cancel()
        try await running.value
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init(failed: 1))
        let ended = try #require(try await fixture.store.jobs.find(row.id))
        #expect(ended.status == .failed)
        #expect(ended.error?.contains("not_found") == true)
    }

    @Test func `one process reconciles at a time, and another takes over when it died`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.store.leases.take("reconcile", holder: "other", for: .seconds(60), at: fixture.now)
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == nil)
        #expect(try await fixture.reconciliation().pass(at: fixture.now.addingTimeInterval(61)) == .init())
        #expect(try await fixture.reconciliation("two").pass(at: fixture.now.addingTimeInterval(62)) == .init())
    }

    @Test func `a kind of a newer version is left to its own beat`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.store.jobs.create(
            NewTrackedJob(kind: "unheard_of", queue: "maintenance", payload: "{}", maximumAttempts: 1),
            at: fixture.ago(60)
        ).job
        #expect(try await fixture.reconciliation().pass(at: fixture.now) == .init())
        #expect(try await fixture.status(row) == .queued)
    }

    @Test func `a deleted conversation goes for good when it can't be restored any more`() async throws {
        let fixture = try await Fixture()
        let new = NewAccount(username: "person", email: "person@example.com", passwordHash: "hash")
        guard case .done(let account) = try await fixture.store.accounts.create(new) else {
            throw Unexpected("no account")
        }
        let submission = try await fixture.store.chat.submit(
            NewQuestion(
                account: account.id, place: .newConversation(title: "T"), text: "?",
                job: NewTrackedJob(kind: "generate_answer", queue: "answers", payload: "{}", maximumAttempts: 5)))
        guard case .accepted(let job) = submission, let id = job.conversationID else {
            throw Unexpected("\(submission)")
        }
        _ = try await fixture.store.conversations.delete(id, of: account.id, at: fixture.ago(59))
        #expect(try await fixture.reconciliation().pass(at: fixture.now)?.purged == 0)
        #expect(try await fixture.reconciliation().pass(at: fixture.now.addingTimeInterval(2))?.purged == 3)
        #expect(try await fixture.store.statistics.snapshot().conversations.total == 0)
    }
}

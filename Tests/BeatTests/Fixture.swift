import Beat
import Foundation
import Identifiers
import Jobs
import Logging
import Queue
import Redis
import Store
import TestSupport

/// A Store on a file of its own and keys of its own on the shared Redis.
struct Fixture {
    let folder: TemporaryDirectory
    let store: Store
    let server: RedisServer
    let redis: RedisConnection
    let namespace = RedisServer.freshNamespace()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    /// The time of the tests that choose one.
    let now = Date(timeIntervalSince1970: (Date().timeIntervalSince1970).rounded())

    init() async throws {
        folder = try TemporaryDirectory()
        store = try Store.open(path: folder.file("tern.sqlite3"), synchronous: .normal)
        try store.migrate()
        server = try await RedisServer.shared()
        redis = RedisConnection(try RedisAddress(parsing: server.url))
    }

    var feed: AnswerFeed { AnswerFeed(redis: redis, namespace: namespace) }
    var queue: JobQueue { JobQueue(redis: redis, namespace: namespace) }

    func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

    func reconciliation(_ holder: String = "one", page: Int = 500) -> Reconciliation {
        Reconciliation(store: store, queue: queue, feed: feed, holder: holder, logger: logger, page: page)
    }

    func timetable(at time: Date? = nil) -> StoredTimetable {
        let time = time ?? now
        return StoredTimetable(store: store, timeZone: "UTC", logger: logger, now: { time })
    }

    /// Writes a job's row as it was some seconds ago.
    @discardableResult
    func create<J: Job>(_ job: J, secondsAgo: Double = 60, deadline: Date? = nil) async throws -> TrackedJob {
        try await store.jobs.create(
            NewTrackedJob(
                kind: J.kind, queue: J.policy.queue,
                payload: String(decoding: try job.encodedPayload(), as: UTF8.self),
                maximumAttempts: J.policy.maximumAttempts, deadline: deadline), at: ago(secondsAgo)
        ).job
    }

    /// Hands a row to the queue as its writer would have.
    func enqueue(_ row: TrackedJob, runAt: Date? = nil) async throws {
        guard
            let job = JobCatalogue.job(ofKind: row.kind, payload: row.payload, id: row.id, account: nil, runAt: runAt)
        else { throw Unexpected("no kind \(row.kind)") }
        _ = try await queue.enqueue(job)
    }

    func status(_ row: TrackedJob) async throws -> JobStatus? { try await store.jobs.find(row.id)?.status }

    func state(_ row: TrackedJob) async throws -> JobState? { try await queue.states(of: [row.id]).first ?? nil }

    /// Every kind with a row in the Store.
    var everyKind: [any Job] {
        [
            GenerateAnswer(messageID: "m"), MakeTitle(conversationID: "c"), SendMail(mailID: "m"),
            IngestDocument(documentID: "d"), EmbedChunks(documentID: "d"), DeleteDocument(documentID: "d"),
            RefreshKnowledge(), RunHousekeeping(entry: "all", tasks: CleanupTask.allCases), StoreStatistics(),
            BackupDatabase(),
        ]
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

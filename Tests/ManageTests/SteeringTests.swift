import Foundation
import Identifiers
import Jobs
import Queue
import Redis
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SteeringTests {
    private let manage: ManageProcess
    private let redis: RedisServer
    private let store: Store
    private let queue: JobQueue

    init() async throws {
        redis = try await RedisServer.start()
        manage = try ManageProcess(redis: redis)
        _ = try await manage("migrate")
        store = try Store.open(path: manage.databasePath)
        queue = JobQueue(
            redis: RedisConnection(try RedisAddress(parsing: redis.url)),
            namespace: manage.variables["TERN_NAMESPACE"] ?? "")
    }

    /// A job as the API leaves it.
    private func makeJob() async throws -> JobID {
        let job = try NewJob(StoreStatistics())
        _ = try await store.jobs.create(
            NewTrackedJob(
                id: job.id, kind: job.kind, queue: job.policy.queue,
                payload: String(decoding: job.payload, as: UTF8.self), maximumAttempts: job.policy.maximumAttempts))
        _ = try await queue.enqueue(job)
        return job.id
    }

    @Test func `a waiting job is shown, cancelled, retried and in the end cleared`() async throws {
        let id = try await makeJob()
        let shown = try await manage("jobs", "show", id.description)
        #expect(shown.code == 0, "\(shown.errors)")
        #expect(shown.output.contains("status        queued\n"))
        #expect(shown.output.contains("in the queue  ready\n"))

        let cancelled = try await manage("jobs", "cancel", id.description)
        #expect(cancelled.output == "job \(id) is cancelled\n")
        #expect(try await store.jobs.find(id)?.status == .cancelled)
        #expect(try await queue.states(of: [id]) == [.cancelled])

        // As long as the queue remembers the end, the id is not taken again.
        #expect(try await manage("jobs", "retry", id.description).errors.contains("still remembers"))
        #expect(try await store.jobs.find(id)?.status == .cancelled)
        _ = try await queue.redis.send("FLUSHALL")
        let retried = try await manage("jobs", "retry", id.description)
        #expect(retried.output == "job \(id) waits in maintenance\n", "\(retried.errors)")
        #expect(try await store.jobs.find(id)?.status == .queued)
        #expect(try await queue.states(of: [id]) == [.ready])
        #expect(try await manage("jobs", "retry", id.description).code == 1)

        _ = try await manage("jobs", "cancel", id.description)
        #expect(try await manage("jobs", "clear", "--state", "cancelled").code == 64)
        #expect(try await manage("jobs", "clear", "--state", "cancelled", "--yes").output == "1 deleted\n")
        #expect(try await store.jobs.find(id) == nil)
    }

    @Test func `a job whose worker died is cancelled at once`() async throws {
        let id = try await makeJob()
        _ = try await store.jobs.claim(id, attempt: 1, fence: 1)
        #expect(try await manage("jobs", "cancel", id.description).output == "job \(id) is cancelled\n")
        #expect(try await store.jobs.find(id)?.status == .cancelled)
    }

    @Test func `an unknown job is told apart from wrong usage`() async throws {
        #expect(try await manage("jobs", "show", JobID.make().description).code == 1)
        #expect(try await manage("jobs", "cancel", JobID.make().description).code == 1)
        #expect(try await manage("jobs", "show", "nothing").code == 64)
    }

    @Test func `a queue is paused and resumed`() async throws {
        _ = try await makeJob()
        _ = try await manage("queues", "pause", "maintenance")
        #expect(try await queue.queues().first?.isPaused == true)
        let list = try await manage("queues", "list")
        #expect(list.output.split(separator: "\n").last?.hasSuffix("yes") == true)
        _ = try await manage("queues", "resume", "maintenance")
        #expect(try await queue.queues().first?.isPaused == false)
        #expect(try await manage("queues", "pause", "nothing").code == 64)
    }

    @Test func `an entry of the timetable is switched off and on`() async throws {
        try await store.schedules.declare([
            NewSchedule(name: "backup", description: "Copies", cron: "0 1 * * *", timeZone: "UTC"),
            NewSchedule(name: "reconcile", description: "", cron: "@every 30s", timeZone: "UTC", isRequired: true),
        ])
        #expect(try await manage("cron", "disable", "backup").output == "backup is disabled\n")
        #expect(try await store.schedules.list().first?.isEnabled == false)
        #expect(try await manage("cron", "enable", "backup").output == "backup is enabled\n")
        #expect(try await store.schedules.list().first?.isEnabled == true)
        #expect(try await manage("cron", "disable", "reconcile").errors.contains("can't be switched off"))
        #expect(try await manage("cron", "disable", "nothing").code == 1)
        #expect(try await manage("cron", "list").output.contains("backup"))
        #expect(try await manage("cron", "run", "nothing").code == 64)
    }

    @Test func `a backup opens as a database and replaces no file`() async throws {
        let first = try await manage("backup", "--to", manage.folder.file("copy.sqlite3"))
        #expect(first.output == manage.folder.file("copy.sqlite3") + "\n", "\(first.errors)")
        let copy = try Store.open(path: manage.folder.file("copy.sqlite3"))
        #expect(try copy.schemaVersion() == Store.neededSchemaVersion)
        #expect(try await manage("backup", "--to", manage.folder.file("copy.sqlite3")).code == 1)
        let standard = try await manage("backup")
        #expect(standard.output.contains("/data/backups/manual-"))
    }

    @Test func `without workers the list says so`() async throws {
        #expect(try await manage("workers", "list").output == "no worker is running\n")
        #expect(try await manage("workers", "quiet", "host:1:abc").code == 1)
    }
}

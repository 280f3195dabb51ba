import Foundation
import Identifiers
import Jobs
import Logging
import Queue
import Redis
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct WorkTests {
    /// A worker that does housekeeping by saying so; everything else is real.
    private func withWorker<Value>(
        for manage: ManageProcess, _ redis: RedisServer, _ body: () async throws -> Value
    ) async throws -> Value {
        let store = try Store.open(path: manage.databasePath)
        var handlers = Handlers()
        handlers.on(RunHousekeeping.self) { job, attempt in
            guard case .claimed = try await store.jobs.claim(attempt.id, attempt: 1, fence: attempt.fence) else {
                return
            }
            if job.tasks == [.users] {
                _ = try await store.jobs.end(
                    attempt.id, fence: attempt.fence, as: .failed, error: "{\"code\":\"refused\"}")
            } else {
                _ = try await store.jobs.succeed(
                    attempt.id, fence: attempt.fence, result: "{\"deleted\":3}")
            }
        }
        let runner = JobRunner(
            address: try RedisAddress(parsing: redis.url), namespace: manage.variables["TERN_NAMESPACE"] ?? "",
            handlers: handlers, configuration: .init(queues: [QueueWeight(JobQueues.maintenance)], concurrency: 2),
            willConclude: { _, _ in }, logger: Logger(label: "test"))
        let running = Task { try await runner.run() }
        defer { running.cancel() }
        let queue = JobQueue(
            redis: RedisConnection(try RedisAddress(parsing: redis.url)),
            namespace: manage.variables["TERN_NAMESPACE"] ?? "")
        try await eventually("the worker to register", isTrue: { try await !queue.workers().isEmpty })
        return try await body()
    }

    @Test func `housekeeping runs by a worker and shows the result`() async throws {
        let redis = try await RedisServer.shared()
        let manage = try ManageProcess(redis: redis)
        _ = try await manage("migrate")
        try await withWorker(for: manage, redis) {
            let done = try await manage("run-housekeeping", "--task", "conversations")
            #expect(done.code == 0, "\(done.errors)")
            #expect(done.output.contains(" succeeded in "))
            #expect(done.output.hasSuffix("{\"deleted\":3}\n"))

            let alias = try await manage("run_housekeeping", "--json")
            let report = try JSONSerialization.jsonObject(with: Data(alias.output.utf8)) as? [String: Any]
            #expect(report?["status"] as? String == "succeeded")
            #expect(report?["result"] as? String == "{\"deleted\":3}")

            let failed = try await manage("run-housekeeping", "--task", "users")
            #expect(failed.code == 1)
            #expect(failed.output.contains(" failed"))
        }
        let list = try await manage("jobs", "list", "--state", "succeeded", "--json")
        let jobs = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
        #expect(jobs?.count == 2)
        #expect(jobs?.first?["kind"] as? String == "housekeeping")
        let table = try await manage("jobs", "list")
        #expect(table.output.split(separator: "\n").count == 4)
    }

    @Test func `without a worker housekeeping says so and starts nothing`() async throws {
        let manage = try ManageProcess(redis: try await RedisServer.shared())
        _ = try await manage("migrate")
        let result = try await manage("run-housekeeping")
        #expect(result.code == 1)
        #expect(result.errors.contains("no worker serves the queue maintenance"))
        #expect(try await manage("jobs", "list").output == "no jobs\n")
    }

    @Test func `without Redis the commands that need it say so`() async throws {
        let manage = try ManageProcess()
        _ = try await manage("migrate")
        for command in ["run-housekeeping", "scheduler-info"] {
            let result = try await manage(command)
            #expect(result.code == 1)
            #expect(result.errors.hasPrefix("manage: Redis does not answer"))
        }
    }

    @Test func `the timetable is shown with times and leader`() async throws {
        let manage = try ManageProcess(redis: try await RedisServer.shared())
        _ = try await manage("migrate")
        let store = try Store.open(path: manage.databasePath)
        try await store.schedules.declare([
            NewSchedule(name: "backup", description: "Copies", cron: "0 1 * * *", timeZone: "UTC")
        ])
        let text = try await manage("scheduler_info")
        #expect(text.code == 0, "\(text.errors)")
        #expect(text.output.contains("Leader: none"))
        let json = try await manage("scheduler-info", "--json")
        let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let line = (report?["schedules"] as? [[String: Any]])?.first
        #expect(line?["name"] as? String == "backup")
        #expect((line?["next_run_at"] as? String)?.hasSuffix("T01:00:00Z") == true)
    }
}

import Bootstrap
import Foundation
import Identifiers
import Jobs
import Logging
import Queue
import Redis
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing
import Worker

/// Handlers and records under a real runner.
@Suite struct RunningTests {
    private struct Trouble: Error {}

    private func runner(
        _ fixture: Fixture, _ handlers: Handlers, drain: Duration = .seconds(5)
    ) throws -> JobRunner {
        let recorder = fixture.recorder
        var configuration = JobRunner.Configuration(
            queues: JobQueues.all.map { QueueWeight($0) }, concurrency: 4)
        configuration.drain = drain
        return JobRunner(
            address: try RedisAddress(parsing: fixture.server.url), namespace: fixture.namespace, handlers: handlers,
            configuration: configuration, willConclude: { try await recorder.record($0, $1) }, logger: fixture.logger)
    }

    /// Runs the services, then `body`, then shuts down as SIGTERM does and waits for the end.
    private func serving(_ services: [any Service], _ fixture: Fixture, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(services: services.map { .init(service: $0) }, logger: fixture.logger))
        let running = Task { try await group.run() }
        do { try await body() } catch {
            await group.triggerGracefulShutdown()
            try? await running.value
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `a job that fails is retrying in the Store until its next attempt succeeds`() async throws {
        let fixture = try await Fixture()
        let seen = Mutex<[JobStatus]>([])
        let run = fixture.run
        var handlers = Handlers()
        handlers.on(StoreStatistics.self) { _, attempt in
            try await run(attempt) { row in
                seen.withLock { $0.append(row.status) }
                if attempt.number == 1 { throw Trouble() }
                return #"{"deleted":0}"#
            }
        }
        let row = try await fixture.create(StoreStatistics())
        try await serving([try runner(fixture, handlers)], fixture) {
            await run.enqueue(row)
            let waiting = try await eventually("the retry") {
                let found = try await fixture.found(row)
                return found.status == .retrying ? found : nil
            }
            #expect(waiting.nextAttemptAt != nil && waiting.attempt == 1 && waiting.error != nil)
            // Not waiting for the backoff: what counts is what the next attempt writes.
            _ = try await fixture.queue.cancel(row.id)
        }
        #expect(seen.withLock { $0 } == [.running])
    }

    @Test func `a shutdown gives a job back, and the next worker ends it once`() async throws {
        let fixture = try await Fixture()
        let run = fixture.run
        let starts = Mutex(0)
        var handlers = Handlers()
        handlers.on(BackupDatabase.self) { _, attempt in
            try await run(attempt) { _ in
                let start = starts.withLock {
                    $0 += 1
                    return $0
                }
                if start == 1 { try await Task.sleep(for: .seconds(3600)) }
                return "{}"
            }
        }
        let row = try await fixture.create(BackupDatabase())
        await run.enqueue(row)
        try await serving([try runner(fixture, handlers, drain: .zero)], fixture) {
            try await eventually("the start") { starts.withLock { $0 } == 1 }
        }
        #expect(try await fixture.found(row).status == .queued)
        try await serving([try runner(fixture, handlers)], fixture) {
            try await eventually("the end") { try await fixture.found(row).status == .succeeded }
        }
        #expect(starts.withLock { $0 } == 2)
        #expect(try await fixture.told(row).filter { $0 == .done }.count == 1)
    }

    @Test func `a running job that is cancelled ends as cancelled`() async throws {
        let fixture = try await Fixture()
        let run = fixture.run
        var handlers = Handlers()
        handlers.on(BackupDatabase.self) { _, attempt in
            try await run(attempt) { _ in
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
        }
        let row = try await fixture.create(BackupDatabase())
        await run.enqueue(row)
        try await serving([try runner(fixture, handlers)], fixture) {
            try await eventually("the start") { try await fixture.found(row).status == .running }
            _ = try await fixture.store.jobs.requestCancel(row.id)
            #expect(try await fixture.queue.cancel(row.id) == .requested)
            try await eventually("the end") { try await fixture.found(row).status == .cancelled }
        }
        #expect(try await fixture.told(row).last == .done)
    }

    @Test func `a job whose fence is behind the row's is not lost`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(StoreStatistics())
        let ahead: Int64 = 100
        _ = try await fixture.store.jobs.claim(row.id, attempt: 1, fence: ahead)
        let runs = Mutex(0)
        func attempt(_ fence: Int64) async throws {
            try await fixture.run(fixture.attempt(row, fence: fence)) { _ in
                runs.withLock { $0 += 1 }
                return "{}"
            }
        }
        for fence in [ahead - 1, ahead] {
            let snooze = await #expect(throws: Snooze.self) { try await attempt(fence) }
            #expect(snooze?.delay == .seconds(1))
        }
        try await attempt(ahead + 1)
        // The row is over now: whoever comes late only acknowledges.
        try await attempt(ahead)
        #expect(runs.withLock { $0 } == 1)
        #expect(try await fixture.found(row).status == .succeeded)
    }

    @Test func `a fresh worker answers from the knowledge base within seconds`() async throws {
        let fixture = try await Fixture()
        try fixture.folder.write(
            """
            # Opening hours

            The harbour office is open from nine to five on weekdays. It is closed on Sundays.
            """, to: "knowledge_base.txt")
        let settings = try Settings.load(
            environment: [
                "SECRET_KEY": "a secret of the tests, long enough for HS256", "DATA_DIR": fixture.folder.path,
                "REDIS_URL": fixture.server.url, "TERN_NAMESPACE": fixture.namespace,
                "KNOWLEDGE_BASE": fixture.folder.file("knowledge_base.txt"),
            ], directory: FileManager.default.currentDirectoryPath)
        let services = try buildWorker(settings: settings, options: .standard, logger: fixture.logger)
        try await serving(services, fixture) {
            try await eventually("the document to be ready", within: .seconds(60)) {
                try await fixture.store.documents.find(source: "knowledge_base.txt")?.progress == 1
            }
            let job = try await fixture.ask("When is the harbour office open?", by: fixture.account().id)
            await fixture.run.enqueue(job)
            try await eventually("the answer", within: .seconds(60)) { try await fixture.found(job).status.isTerminal }
            let ended = try await fixture.found(job)
            #expect(ended.status == .succeeded && ended.outcome == "answered")
            #expect(try await fixture.response(job).contains("nine to five"))
            let title = try await eventually("the title", within: .seconds(20)) {
                try await fixture.store.conversations.find(#require(job.conversationID))
                    .flatMap { $0.title == "New chat" ? nil : $0.title }
            }
            #expect(title == "When is the harbour office open")
        }
    }

    @Test func `a worker without the encoder's file says so at once, unless it needs none`() throws {
        let folder = try TemporaryDirectory()
        let settings = try Settings.load(
            environment: [
                "SECRET_KEY": "a secret of the tests, long enough for HS256", "DATA_DIR": folder.path,
                "EMBEDDING_MODEL_FILE": folder.file("missing.bin"),
            ], directory: folder.path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let error = #expect(throws: SettingsError.self) {
            try buildWorker(settings: settings, options: .standard, logger: logger)
        }
        #expect(error?.description.contains("EMBEDDING_MODEL_FILE") == true)
        let mailOnly = WorkerOptions(queues: [QueueWeight(JobQueues.mail)], concurrency: 1)
        #expect(try buildWorker(settings: settings, options: mailOnly, logger: logger).count == 4)
    }
}

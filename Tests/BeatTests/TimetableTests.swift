import Beat
import Foundation
import Identifiers
import Jobs
import Logging
import Queue
import Redis
import ServiceLifecycle
import Store
import TestSupport
import Testing

@Suite struct TimetableTests {
    @Test func `the entries are the documented ones, and each has its work`() {
        let entries = Dictionary(uniqueKeysWithValues: Timetable.entries.map { ($0.name, $0.cron) })
        #expect(
            entries == [
                "backup": "0 1 * * *", "daily_housekeeping": "0 2 * * *", "weekly_cleanup": "0 3 * * 0",
                "statistics": "0 */6 * * *", "knowledge_refresh": "*/5 * * * *",
            ])
        #expect(Set(entries.keys) == Set(Chores.entries))
        for entry in Timetable.entries {
            #expect(throws: Never.self) { try Recurrence(entry.cron) }
            #expect(!entry.description.isEmpty)
        }
    }

    @Test func `what an operator changed stays`() async throws {
        let fixture = try await Fixture()
        let timetable = fixture.timetable()
        try await timetable.declare()
        #expect(try await timetable.entries().count == Timetable.entries.count)
        _ = try await fixture.store.schedules.set("backup", cron: "30 4 * * *")
        _ = try await fixture.store.schedules.set("statistics", isEnabled: false)
        #expect(try await !fixture.store.schedules.set("reconcile", isEnabled: false))
        try await timetable.declare()
        let entries = try await timetable.entries()
        #expect(!entries.contains { $0.name == "statistics" })
        #expect(entries.first { $0.name == "backup" }?.recurrence == (try Recurrence("30 4 * * *")))
        #expect(try await fixture.store.schedules.list().contains { $0.name == "reconcile" && $0.isRequired })
    }

    @Test func `a cron that can't be read gives way to the program's own`() async throws {
        let fixture = try await Fixture()
        let timetable = fixture.timetable()
        try await timetable.declare()
        _ = try await fixture.store.schedules.set("backup", cron: "every now and then")
        let backup = try #require(try await timetable.entries().first { $0.name == "backup" })
        #expect(backup.recurrence == (try Recurrence("0 1 * * *")))
    }

    @Test func `a tick is recorded once, however many beats try`() async throws {
        let fixture = try await Fixture()
        try await fixture.timetable().declare()
        let tick = fixture.now
        let id = ScheduledEntry.jobID(entry: "backup", tick: tick)
        let other = try Store.open(path: fixture.store.path, synchronous: .normal)
        let timetables = [fixture.store, other].map {
            StoredTimetable(store: $0, timeZone: "UTC", logger: fixture.logger, now: { fixture.now })
        }
        let recorded = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<10 {
                group.addTask { try await timetables[index % 2].recordFire(of: "backup", tick: tick, id: id) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(recorded == 1)
        let job = try #require(try await fixture.store.jobs.find(id))
        #expect(job.kind == BackupDatabase.kind && job.queue == JobQueues.maintenance)
        #expect(try await fixture.store.schedules.lastTick(of: "backup") == tick)
        // Neither this tick nor an earlier one ever again.
        #expect(try await !fixture.timetable().recordFire(of: "backup", tick: tick, id: id))
        #expect(
            try await !fixture.timetable().recordFire(of: "backup", tick: fixture.ago(60), id: JobID.make()))
    }

    @Test func `an entry is skipped while its last job is unfinished`() async throws {
        let fixture = try await Fixture()
        let timetable = fixture.timetable()
        try await timetable.declare()
        let first = JobID.make()
        #expect(try await timetable.recordFire(of: "backup", tick: fixture.ago(120), id: first))
        #expect(try await !timetable.recordFire(of: "backup", tick: fixture.ago(60), id: JobID.make()))
        // Skipped for good: it doesn't fire late when the other has ended.
        #expect(try await fixture.store.schedules.lastTick(of: "backup") == fixture.ago(60))
        _ = try await fixture.store.jobs.end(first, fence: nil, as: .failed)
        #expect(try await timetable.recordFire(of: "backup", tick: fixture.now, id: JobID.make()))
        let runs = try await fixture.store.schedules.runs(of: "backup").elements
        #expect(runs.map(\.status) == [.queued, .failed])
    }

    @Test func `several beats fire each tick once`() async throws {
        let fixture = try await Fixture()
        try await fixture.timetable().declare()
        for entry in Timetable.entries { _ = try await fixture.store.schedules.set(entry.name, isEnabled: false) }
        _ = try await fixture.store.schedules.set("statistics", isEnabled: true, cron: "@every 1s")
        let beats = try (1...3).map { _ in
            let redis = RedisConnection(try RedisAddress(parsing: fixture.server.url))
            let timetable = StoredTimetable(store: fixture.store, timeZone: "UTC", logger: fixture.logger)
            return Scheduler(
                queue: JobQueue(redis: redis, namespace: fixture.namespace),
                entries: { try await timetable.entries() },
                willFire: { try await timetable.recordFire(of: $0, tick: $1, id: $2) }, logger: fixture.logger)
        }
        let running = beats.map { beat in Task { try await beat.run() } }
        // Each run is ended as soon as it is seen, so that the next tick isn't skipped.
        try await eventually("three ticks", within: .seconds(30)) {
            let jobs = try await fixture.store.jobs.list().elements
            for job in jobs where !job.status.isTerminal {
                _ = try await fixture.store.jobs.end(job.id, fence: nil, as: .succeeded)
                _ = try await fixture.queue.cancel(job.id)
            }
            return jobs.count >= 3
        }
        for task in running { task.cancel() }
        for task in running { try? await task.value }
        let runs = try await fixture.store.schedules.runs(of: "statistics").elements
        let jobs = try await fixture.store.jobs.list().elements
        #expect(runs.count == jobs.count)
        #expect(Set(runs.map(\.tick)).count == runs.count)
        #expect(Set(runs.map(\.jobID)) == Set(jobs.map(\.id)))
        #expect(try await fixture.queue.states(of: jobs.map(\.id)).allSatisfy { $0 != nil })
    }

    @Test func `after an outage the last missed tick is caught up, or none, as the entry says`() async throws {
        let fixture = try await Fixture()
        let past = fixture.timetable(at: fixture.ago(3 * 86_400))
        try await past.declare()
        // Both fired three days ago, and nobody was there since.
        for name in ["backup", "statistics"] {
            let id = JobID.make()
            #expect(try await past.recordFire(of: name, tick: fixture.ago(3 * 86_400), id: id))
            _ = try await fixture.store.jobs.end(id, fence: nil, as: .succeeded)
        }
        let timetable = StoredTimetable(store: fixture.store, timeZone: "UTC", logger: fixture.logger)
        let scheduler = Scheduler(
            queue: fixture.queue, entries: { try await timetable.entries() },
            willFire: { try await timetable.recordFire(of: $0, tick: $1, id: $2) }, logger: fixture.logger)
        let running = Task { try await scheduler.run() }
        let caught = try await eventually("the backup", within: .seconds(20)) {
            let runs = try await fixture.store.schedules.runs(of: "backup").elements
            return runs.count == 2 ? runs : nil
        }
        running.cancel()
        try? await running.value
        // The last 01:00, and only that.
        #expect(caught[0].tick.timeIntervalSince(fixture.now) > -86_400 - 60)
        #expect(Int(caught[0].tick.timeIntervalSince1970) % 86_400 == 3600)
        let statistics = try await fixture.store.schedules.runs(of: "statistics").elements
        #expect(statistics.count == 1 || statistics[0].tick > fixture.ago(60))
    }
}

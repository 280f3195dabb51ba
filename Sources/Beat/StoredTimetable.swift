package import FoundationEssentials
package import Identifiers
import Jobs
package import Logging
package import Queue
package import Store

/// The timetable as it stands in the Store, operators' changes included, in the form that the scheduler takes.
package struct StoredTimetable: Sendable {
    let store: Store
    let timeZone: String
    let logger: Logger
    let now: @Sendable () -> Date

    package init(
        store: Store, timeZone: String, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.timeZone = timeZone
        self.logger = logger
        self.now = now
    }

    /// Brings the Store's table in line with the program's entries; what an operator set stays.
    package func declare() async throws {
        try await store.schedules.declare(
            (Timetable.entries + [Timetable.reconcile]).map { entry in
                NewSchedule(
                    name: entry.name, description: entry.description, cron: entry.cron, timeZone: timeZone,
                    isRequired: entry.name == Timetable.reconcile.name)
            }, at: now())
    }

    /// The entries that are switched on. A cron that can't be read gives way to the program's own.
    package func entries() async throws -> [ScheduledEntry] {
        let zone = try Zone(timeZone)
        return try await store.schedules.list().compactMap { schedule in
            guard schedule.isEnabled, let entry = Timetable.entries.first(where: { $0.name == schedule.name }),
                Chores.job(named: schedule.name) != nil
            else { return nil }
            return ScheduledEntry(
                name: entry.name, recurrence: try recurrence(of: schedule, entry), timeZone: zone,
                catchUp: entry.catchUp, overlap: .skip, lastFire: schedule.lastTick
            ) { _, id in try Self.job(of: entry.name, id: id) }
        }
    }

    /// Writes a tick and its job in one transaction; false when this tick, or a later one, has fired already, or when the
    /// entry's last job is unfinished.
    package func recordFire(of name: String, tick: Date, id: JobID) async throws -> Bool {
        let job = try Self.job(of: name, id: id)
        return try await store.schedules.recordFire(
            of: name, tick: tick,
            job: NewTrackedJob(
                id: id, kind: job.kind, queue: job.policy.queue, payload: String(decoding: job.payload, as: UTF8.self),
                maximumAttempts: job.policy.maximumAttempts, uniqueKey: Chores.uniqueKey(of: name)),
            at: now())
    }

    private func recurrence(of schedule: Schedule, _ entry: Timetable.Entry) throws -> Recurrence {
        do { return try Recurrence(schedule.cron) } catch {
            logger.warning(
                "cron not readable", metadata: ["schedule": "\(schedule.name)", "cron": "\(schedule.cron)"])
            return try Recurrence(entry.cron)
        }
    }

    private static func job(of name: String, id: JobID) throws -> NewJob {
        guard let job = Chores.job(named: name) else { throw UnknownChore(name: name) }
        return try newJob(job, id: id)
    }

    private static func newJob(_ job: some Job, id: JobID) throws -> NewJob {
        try NewJob(job, id: id)
    }
}

/// The timetable names work that the catalogue doesn't have.
struct UnknownChore: Error {
    var name: String
}

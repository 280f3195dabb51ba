public import FoundationEssentials
public import Identifiers

/// An entry of the timetable as the program declares it.
public struct NewSchedule: Sendable {
    public var name: String
    public var description: String
    /// Five fields or `@every 30s`.
    public var cron: String
    public var timeZone: String
    /// Whether an operator may not disable it.
    public var isRequired: Bool

    public init(name: String, description: String, cron: String, timeZone: String, isRequired: Bool = false) {
        self.name = name
        self.description = description
        self.cron = cron
        self.timeZone = timeZone
        self.isRequired = isRequired
    }
}

/// An entry of the timetable as it stands, with its last run.
public struct Schedule: Sendable, Equatable {
    public var name: String
    public var description: String
    /// What counts: the operator's, else the program's.
    public var cron: String
    public var standardCron: String
    public var timeZone: String
    public var isEnabled: Bool
    public var isRequired: Bool
    public var lastTick: Date?
    public var lastRun: ScheduleRun?
}

/// One firing of an entry, by the clock or by hand.
public struct ScheduleRun: Sendable, Equatable {
    public var name: String
    public var tick: Date
    public var jobID: JobID
    /// `schedule`, or who triggered it.
    public var trigger: String
    public var status: JobStatus
    public var startedAt: Date
    public var finishedAt: Date?
    /// JSON.
    public var result: String?
    /// Lines the job wrote.
    public var log: String

    public var durationMilliseconds: Int? {
        finishedAt.map { Int($0.unixMilliseconds - startedAt.unixMilliseconds) }
    }

    static let columns = """
        r.name, r.tick, r.job_id, r.trigger, r.status, r.started_at, r.finished_at, r.result, r.log
        """

    init(_ row: SQLRow, from first: Int32 = 0) throws {
        name = row.text(first)
        tick = row.date(first + 1)
        jobID = try row.id(first + 2)
        trigger = row.text(first + 3)
        status = try row.value(first + 4)
        startedAt = row.date(first + 5)
        finishedAt = row.optionalDate(first + 6)
        result = row.optionalText(first + 7)
        log = row.text(first + 8)
    }
}

public struct Schedules: Sendable {
    let store: Store
}

extension Store {
    public var schedules: Schedules { Schedules(store: self) }
}

extension Schedules {
    /// Brings the table in line with the program's entries; what an operator set (cron, enabled) stays. Entries that
    /// the program no longer has go.
    public func declare(_ entries: [NewSchedule], at now: Date = Date()) async throws {
        try await store.write { transaction in
            for entry in entries {
                try transaction.run(
                    """
                    INSERT INTO schedules (name, description, standard_cron, time_zone, is_required, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (name) DO UPDATE SET description = excluded.description,
                        standard_cron = excluded.standard_cron, time_zone = excluded.time_zone,
                        is_required = excluded.is_required
                    """, entry.name, entry.description, entry.cron, entry.timeZone, entry.isRequired, now)
            }
            let names = Set(entries.map(\.name))
            for name in try transaction.rows("SELECT name FROM schedules", read: { $0.text(0) })
            where !names.contains(name) {
                try transaction.run("DELETE FROM schedules WHERE name = $1", name)
            }
        }
    }

    /// Every entry with its last run, by name.
    public func list() async throws -> [Schedule] {
        try await store.read { transaction in
            try transaction.rows(
                """
                SELECT s.name, s.description, COALESCE(s.custom_cron, s.standard_cron), s.standard_cron, s.time_zone,
                    s.is_enabled, s.is_required, s.last_tick, \(ScheduleRun.columns)
                FROM schedules s LEFT JOIN schedule_runs r ON r.name = s.name AND r.tick =
                    (SELECT MAX(l.tick) FROM schedule_runs l WHERE l.name = s.name)
                ORDER BY s.name
                """
            ) { row in
                Schedule(
                    name: row.text(0), description: row.text(1), cron: row.text(2), standardCron: row.text(3),
                    timeZone: row.text(4), isEnabled: row.bool(5), isRequired: row.bool(6),
                    lastTick: row.optionalDate(7), lastRun: row.isNull(8) ? nil : try ScheduleRun(row, from: 8))
            }
        }
    }

    /// Sets what an operator may set; an empty cron returns to the program's. False for an unknown name, and for
    /// disabling a required entry.
    public func set(_ name: String, isEnabled: Bool? = nil, cron: String? = nil) async throws -> Bool {
        try await store.write {
            try $0.run(
                """
                UPDATE schedules SET is_enabled = COALESCE($2, is_enabled),
                    custom_cron = CASE WHEN $3 IS NULL THEN custom_cron WHEN $3 = '' THEN NULL ELSE $3 END
                WHERE name = $1 AND (is_required = 0 OR COALESCE($2, 1) = 1)
                """, name, isEnabled, cron) > 0
        }
    }

    /// Records that an entry fires at a tick, together with its job; the caller enqueues the job after it.
    ///
    /// False when this tick, or a later one, has fired already: the last word on "exactly once", also after Redis was
    /// lost. False too when an unfinished job holds the same unique key: the tick is then noted as skipped. The job's id
    /// should follow from entry and tick.
    public func recordFire(
        of name: String, tick: Date, job: NewTrackedJob, at now: Date = Date()
    ) async throws -> Bool {
        try await store.writeOrAbandon { transaction in
            try transaction.run(
                "UPDATE schedules SET last_tick = $2 WHERE name = $1 AND (last_tick IS NULL OR last_tick < $2)", name,
                tick)
            let isLatest = try transaction.exists(
                "SELECT 1 FROM schedules WHERE name = $1 AND last_tick = $2", name, tick)
            guard isLatest, try Self.insertRun(name, tick, job.id, trigger: "schedule", at: now, in: transaction) else {
                throw Abandoned(false)
            }
            guard try JobRows.create(job, at: now, in: transaction).isNew else {
                // Its turn is over, or it would come late, when the other job has ended.
                try transaction.run("DELETE FROM schedule_runs WHERE name = $1 AND tick = $2", name, tick)
                return false
            }
            return true
        }
    }

    /// Starts a run by hand, with its job. When an unfinished job holds the same unique key that job is returned instead.
    public func trigger(
        _ name: String, by whom: String, job: NewTrackedJob, at now: Date = Date()
    ) async throws -> JobCreation {
        try await store.write { transaction in
            let creation = try JobRows.create(job, at: now, in: transaction)
            if creation.isNew {
                var tick = now
                while try !Self.insertRun(name, tick, job.id, trigger: whom, at: now, in: transaction) {
                    tick = Date(unixMilliseconds: tick.unixMilliseconds + 1)
                }
            }
            return creation
        }
    }

    /// The last tick that fired, by the clock.
    public func lastTick(of name: String) async throws -> Date? {
        try await store.read {
            try $0.first("SELECT last_tick FROM schedules WHERE name = $1", name) { $0.optionalDate(0) } ?? nil
        }
    }

    /// Notes that an entry without a job of its own did its work.
    public func noteTick(of name: String, at now: Date = Date()) async throws {
        _ = try await store.write { try $0.run("UPDATE schedules SET last_tick = $2 WHERE name = $1", name, now) }
    }

    /// Adds lines to the log of the run that a job belongs to.
    public func log(_ text: String, of job: JobID) async throws {
        _ = try await store.write {
            try $0.run("UPDATE schedule_runs SET log = log || $2 WHERE job_id = $1", job, text)
        }
    }

    /// A page of the runs of an entry, or of all, newest first.
    public func runs(
        of name: String? = nil, limit: Int = 50, cursor: String? = nil
    ) async throws -> Page<ScheduleRun> {
        try await store.read { transaction in
            let key = Cursor(cursor, count: 2)
            let rows = try transaction.rows(
                """
                SELECT \(ScheduleRun.columns) FROM schedule_runs r
                WHERE (r.name = $1 OR $1 IS NULL) AND (r.started_at, r.job_id) < ($2, $3)
                ORDER BY r.started_at DESC, r.job_id DESC LIMIT $4
                """, name, key?.integer(0) ?? Int64.max, key.map { String($0.values[1]) } ?? "~", limit + 1
            ) { try ScheduleRun($0) }
            return Page(reading: rows, limit: limit) { "\($0.startedAt.unixMilliseconds).\($0.jobID)" }
        }
    }

    /// Closes the run of a job that ended.
    static func finishRun(of job: TrackedJob, at now: Date, in transaction: Transaction) throws {
        guard job.responseID == nil else { return }
        try transaction.run(
            "UPDATE schedule_runs SET status = $2, finished_at = $3, result = $4 WHERE job_id = $1", job.id,
            job.status.rawValue, now, job.result ?? job.error)
    }

    private static func insertRun(
        _ name: String, _ tick: Date, _ job: JobID, trigger: String, at now: Date, in transaction: Transaction
    ) throws -> Bool {
        try transaction.exists(
            """
            INSERT INTO schedule_runs (name, tick, job_id, trigger, status, started_at)
            VALUES ($1, $2, $3, $4, 'queued', $5) ON CONFLICT DO NOTHING RETURNING name
            """, name, tick, job, trigger, now)
    }
}

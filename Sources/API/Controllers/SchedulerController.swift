import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import Jobs
import Queue
import Store

/// The timetable for administrators: how it stands, and runs by hand.
struct SchedulerController: Sendable {
    let store: Store
    let queue: JobQueue
    let jobs: JobReader
    let dispatcher: Dispatcher
    let timeZone: String

    func addRoutes(to routes: some RouterMethods<AdministratorContext>) {
        routes.get("api/admin/scheduler/status", use: status)
        routes.post("api/admin/scheduler/trigger", use: trigger)
    }

    @Sendable
    private func status(_ request: Request, context: AdministratorContext) async throws -> Response {
        let schedules = try await store.schedules.list()
        let beats = try await queue.scheduler()
        let now = Date()
        let lastSign = beats.leader.flatMap { beats.heartbeats[$0] } ?? beats.heartbeats.values.max()
        return .json { json in
            json.object { json in
                json.member("leader", beats.leader)
                json.member("beat_heartbeat_age_seconds", lastSign.map { max(0, now.timeIntervalSince($0)) })
                json.member("time_zone", timeZone)
                json.array("schedules", schedules) { json, schedule in
                    json.object { schedule.write(to: &$0, at: now) }
                }
            }
        }
    }

    @Sendable
    private func trigger(_ request: Request, context: AdministratorContext) async throws -> Response {
        var fields = try await request.fields(context: context)
        let name = fields.text("task")
        try fields.check()
        guard let name, let chore = Chores.job(named: name) else {
            throw Problem.invalid("task", "Must be one of \(Chores.names.joined(separator: ", ")).")
        }
        let viewer = context.viewer
        let new = try NewTrackedJob(chore, named: name, account: viewer.accountID)
        let creation = try await store.schedules.trigger(name, by: viewer.username, job: new)
        let job = creation.job
        guard creation.isNew else {
            throw Problem.conflict("already_running", "This task is running or waits to run.")
                .about(job.id).with(.location, "/api/jobs/\(job.id)")
        }
        dispatcher.deliver(job)
        try await store.audit.append(
            action: "scheduler.trigger", account: viewer.accountID, target: name, ip: context.clientAddress,
            requestID: context.requestID)
        return try await answer(job, to: request, viewer)
    }

    /// 202 with the job, or with `Prefer: wait` its result when it came in time.
    private func answer(_ job: TrackedJob, to request: Request, _ viewer: Viewer) async throws -> Response {
        var document = JobDocument(job)
        if let wait = Preference(request.headers).wait, wait > 0 {
            document = try await jobs.end(of: job.id, account: viewer.accountID, within: .seconds(wait))
            if document.isTerminal {
                return .json(headers: [.preferenceApplied: "wait=\(wait)"]) { json in
                    json.object { json in
                        json.members(of: document.job.result)
                        json.object("job") { document.write(to: &$0) }
                    }
                }
            }
        }
        return .json(.accepted, headers: [.location: document.path, .retryAfter: "1"]) { json in
            json.object { document.write(to: &$0) }
        }
    }
}

extension NewTrackedJob {
    /// A chore asked for by hand.
    fileprivate init(_ chore: some Job, named name: String, account: AccountID) throws {
        let policy = type(of: chore).policy
        self.init(
            accountID: account, kind: type(of: chore).kind, queue: policy.queue,
            payload: String(decoding: try chore.encodedPayload(), as: UTF8.self),
            maximumAttempts: policy.maximumAttempts, uniqueKey: Chores.uniqueKey(of: name))
    }
}

extension Schedule {
    func write(to json: inout JSONWriter, at now: Date) {
        json.member("name", name)
        json.member("cron", cron)
        json.member("description", description)
        json.member("time_zone", timeZone)
        json.member("enabled", isEnabled)
        json.member("next_run_at", isEnabled ? nextRun(after: now) : nil)
        json.member("last_run_at", lastRun?.startedAt)
        json.member("last_status", lastRun?.status.rawValue)
        json.member("last_duration_ms", lastRun?.durationMilliseconds)
        json.member("last_job_id", lastRun?.jobID)
    }

    private func nextRun(after now: Date) -> Date? {
        guard let recurrence = try? Recurrence(cron), let zone = try? Zone(timeZone) else { return nil }
        return recurrence.next(after: now, in: zone)
    }
}

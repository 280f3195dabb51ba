import FoundationEssentials
import Hummingbird
import Queue
import Store

/// Changes of the timetable, its past runs and the usage statistics.
struct TimetableController: Sendable {
    let store: Store

    func addRoutes(to routes: some RouterMethods<AdministratorContext>) {
        routes.patch("api/admin/scheduler/schedules/:name", use: change)
        routes.get("api/admin/scheduler/runs", use: runs)
        routes.get("api/admin/scheduler/statistics", use: statistics)
    }

    @Sendable
    private func change(_ request: Request, context: AdministratorContext) async throws -> Response {
        var fields = try await request.fields(context: context)
        let isEnabled = fields.optionalFlag("enabled")
        let cron = fields.optionalText("cron")
        if let cron, !cron.isEmpty {
            do { _ = try Recurrence(cron) } catch { fields.refuse("cron", "\(error)") }
        }
        try fields.check()
        let name = context.parameters.get("name") ?? ""
        guard let standing = try await schedule(name) else { throw Problem.notFound }
        if standing.isRequired, isEnabled == false {
            throw Problem.invalid("enabled", "This entry can't be switched off.")
        }
        guard try await store.schedules.set(name, isEnabled: isEnabled, cron: cron),
            let changed = try await schedule(name)
        else { throw Problem.notFound }
        try await store.audit.append(
            action: "scheduler.change", account: context.viewer.accountID, target: name, ip: context.clientAddress,
            requestID: context.requestID)
        return .json { json in json.object { changed.write(to: &$0, at: Date()) } }
    }

    private func schedule(_ name: String) async throws -> Schedule? {
        try await store.schedules.list().first { $0.name == name }
    }

    @Sendable
    private func runs(_ request: Request, context: AdministratorContext) async throws -> Response {
        let page = try await store.schedules.runs(
            of: request.query("name"), limit: request.limit, cursor: request.cursor)
        return .json { json in
            json.object { json in
                json.array("runs", page.elements) { json, run in
                    json.object { json in
                        json.member("name", run.name)
                        json.member("job_id", run.jobID)
                        json.member("trigger", run.trigger)
                        json.member("status", run.status.rawValue)
                        json.member("started_at", run.startedAt)
                        json.member("finished_at", run.finishedAt)
                        json.member("duration_ms", run.durationMilliseconds)
                        json.member("result", raw: run.result?.utf8)
                        json.array("log", run.log.split(separator: "\n")) { $0.value(String($1)) }
                    }
                }
                json.member("next_cursor", page.next)
            }
        }
    }

    @Sendable
    private func statistics(_ request: Request, context: AdministratorContext) async throws -> Response {
        let days = ["24h": 1.0, "7d": 7, "30d": 30]
        guard let span = days[request.query("range") ?? "24h"] else {
            throw Problem.invalid("range", "Must be 24h, 7d or 30d.")
        }
        let now = Date()
        let current = try await store.statistics.snapshot(at: now)
        let points = try await store.statistics.points(since: now.addingTimeInterval(-span * 86_400))
        return .json { json in
            json.object { json in
                json.member("generated_at", now)
                current.write(to: &json)
                json.array("series", points) { json, point in
                    json.object { json in
                        json.member("at", point.at)
                        point.snapshot.write(to: &json)
                    }
                }
            }
        }
    }
}

extension StatisticsSnapshot {
    fileprivate func write(to json: inout JSONWriter) {
        json.object("users") { json in
            json.member("total", users.total)
            json.member("verified", users.verified)
            json.member("active_24h", users.active24h)
            json.member("new_7d", users.new7d)
        }
        json.object("conversations") { json in
            json.member("total", conversations.total)
            json.member("active_24h", conversations.active24h)
            json.member("new_7d", conversations.new7d)
        }
        json.object("messages") { json in
            json.member("total", messages.total)
            json.member("user", messages.user)
            json.member("assistant", messages.assistant)
            json.member("last_24h", messages.last24h)
        }
        json.object("jobs") { json in
            json.member("total", jobs.total)
            json.member("unfinished", jobs.unfinished)
            json.member("succeeded", jobs.succeeded)
            json.member("failed", jobs.failed)
            json.member("cancelled", jobs.cancelled)
            json.member("expired", jobs.expired)
        }
        json.object("knowledge") { json in
            json.member("documents", knowledge.documents)
            json.member("ready", knowledge.ready)
            json.member("failed", knowledge.failed)
            json.member("chunks", knowledge.chunks)
            json.member("chunks_without_vector", knowledge.chunksWithoutVector)
        }
    }
}

import ArgumentParser
import Bootstrap
import FoundationEssentials
import Identifiers
import Queue
import Store

struct SchedulerInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the scheduled work: when it runs, when it ran, and who leads.",
        aliases: ["scheduler_info"])

    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var leader: String?
        var beatHeartbeatAgeSeconds: Double?
        var timeZone: String
        var schedules: [Line]

        enum CodingKeys: String, CodingKey {
            case leader
            case beatHeartbeatAgeSeconds = "beat_heartbeat_age_seconds"
            case timeZone = "time_zone"
            case schedules
        }
    }

    struct Line: Encodable {
        var name: String
        var cron: String
        var description: String
        var enabled: Bool
        var nextRunAt: Date?
        var lastRunAt: Date?
        var lastStatus: String?
        var lastDurationMilliseconds: Int?
        var lastJobID: String?

        enum CodingKeys: String, CodingKey {
            case name, cron, description, enabled
            case nextRunAt = "next_run_at"
            case lastRunAt = "last_run_at"
            case lastStatus = "last_status"
            case lastDurationMilliseconds = "last_duration_ms"
            case lastJobID = "last_job_id"
        }
    }

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        let status = try await withRedis { try await desk.queue().scheduler() }
        let now = Date()
        let report = Report(
            leader: status.leader,
            beatHeartbeatAgeSeconds: status.heartbeats.values.max().map { max(0, now.timeIntervalSince($0)) },
            timeZone: desk.settings.upkeep.timeZone,
            schedules: try await store.schedules.list().map { try line($0, after: now) })
        try store.close()
        if json { try Terminal.print(json: report) } else { show(report) }
    }

    private func line(_ schedule: Schedule, after now: Date) throws -> Line {
        let next = try? Recurrence(schedule.cron).next(after: now, in: Zone(schedule.timeZone))
        return Line(
            name: schedule.name, cron: schedule.cron, description: schedule.description, enabled: schedule.isEnabled,
            nextRunAt: schedule.isEnabled ? next : nil, lastRunAt: schedule.lastRun?.startedAt,
            lastStatus: schedule.lastRun?.status.rawValue,
            lastDurationMilliseconds: schedule.lastRun?.durationMilliseconds,
            lastJobID: schedule.lastRun?.jobID.description)
    }

    private func show(_ report: Report) {
        if let leader = report.leader {
            let age = report.beatHeartbeatAgeSeconds.map { " (last sign of life \(Int($0)) s ago)" } ?? ""
            print("Leader: \(leader)\(age)")
        } else {
            print("Leader: none, so nothing is fired: start beat")
        }
        print("Time zone: \(report.timeZone)\n")
        guard !report.schedules.isEmpty else {
            print("No entries yet: beat writes its timetable when it starts.")
            return
        }
        Terminal.print(
            table: ["NAME", "CRON", "ENABLED", "NEXT RUN", "LAST RUN", "LAST STATUS"],
            report.schedules.map { line in
                [
                    line.name, line.cron, line.enabled ? "yes" : "no", Terminal.format(line.nextRunAt),
                    Terminal.format(line.lastRunAt), line.lastStatus ?? "-",
                ]
            })
    }
}

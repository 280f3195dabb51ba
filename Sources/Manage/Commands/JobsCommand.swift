import ArgumentParser
import FoundationEssentials
import Identifiers
import Store

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Shows and steers jobs.",
        subcommands: [JobsList.self, JobsShow.self, JobsRetry.self, JobsCancel.self, JobsClear.self])
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists jobs, newest first.",
        discussion: """
            The states: \(JobStatus.allCases.map(\.rawValue).joined(separator: ", ")).

              manage jobs list --state failed --queue mail
            """)

    @Option(help: "Only jobs in this state; may be given several times.", transform: Self.status)
    var state: [JobStatus] = []
    @Option(help: "Only jobs of this queue.") var queue: String?
    @Option(help: "Only jobs of this kind.") var kind: String?
    @Option(help: "How many at most.") var limit = 50
    @Flag(help: "Print JSON.") var json = false

    struct Line: Encodable {
        var id: String
        var kind: String
        var queue: String
        var status: String
        var attempt: Int
        var maxAttempts: Int
        var createdAt: Date
        var finishedAt: Date?
        var nextAttemptAt: Date?
        /// The stored problem, as JSON text.
        var error: String?

        enum CodingKeys: String, CodingKey {
            case id, kind, queue, status, attempt, error
            case maxAttempts = "max_attempts"
            case createdAt = "created_at"
            case finishedAt = "finished_at"
            case nextAttemptAt = "next_attempt_at"
        }

        init(_ job: TrackedJob) {
            id = job.id.description
            (kind, queue, status) = (job.kind, job.queue, job.status.rawValue)
            (attempt, maxAttempts) = (job.attempt, job.maximumAttempts)
            (createdAt, finishedAt, nextAttemptAt) = (job.createdAt, job.finishedAt, job.nextAttemptAt)
            error = job.error
        }
    }

    private static func status(_ name: String) throws -> JobStatus {
        guard let status = JobStatus(rawValue: name) else { throw ValidationError("'\(name)' is no state.") }
        return status
    }

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000.") }
    }

    func run() async throws {
        let store = try Desk().store()
        let page = try await store.jobs.list(
            JobFilter(statuses: state, queue: queue, kind: kind), limit: limit)
        try store.close()
        let lines = page.elements.map(Line.init)
        if json { return try Terminal.print(json: lines) }
        if lines.isEmpty { return print("no jobs") }
        Terminal.print(
            table: ["ID", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "FINISHED"],
            lines.map { line in
                [
                    line.id, line.kind, line.queue, line.status, "\(line.attempt)/\(line.maxAttempts)",
                    Terminal.format(line.createdAt), Terminal.format(line.finishedAt),
                ]
            })
    }
}

import ArgumentParser
import Store

struct RunHousekeepingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-housekeeping",
        abstract: "Runs cleanup work now, by a worker, and waits for the result.",
        discussion: """
            The tasks: conversations (without activity for CONVERSATION_RETENTION_DAYS; pinned ones are kept), messages \
            (without a conversation), users (unverified for UNVERIFIED_RETENTION_DAYS), stats (stores a point of the \
            statistics), backup (copies the database); all is the first four.
            """,
        aliases: ["run_housekeeping"])

    enum Task: String, ExpressibleByArgument, CaseIterable {
        case conversations, messages, users, stats, backup, all
    }

    @Option(help: "What to run.") var task = Task.all
    @Option(help: "Seconds to wait for the result.") var timeout = 3600
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await runChore(task.rawValue, timeout: timeout, json: json)
    }
}

/// Runs a piece of work and prints how it ended; a failure is an exit code.
func runChore(_ name: String, timeout: Int, json: Bool) async throws {
    let desk = try Desk()
    let store = try desk.store()
    let job = try await ChoreRun(store: store, queue: try desk.queue())(name, within: timeout)
    try store.close()
    let report = ChoreReport(job)
    if json { try Terminal.print(json: report) } else { print(report.text) }
    if job.status != .succeeded { throw ExitCode.failure }
}

import ArgumentParser
import FoundationEssentials
import Queue

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "Shows and quiets workers.",
        subcommands: [WorkersList.self, WorkersQuiet.self])
}

struct WorkersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Shows the workers that are alive.")

    @Flag(help: "Print JSON.") var json = false

    struct Line: Encodable {
        var id: String
        var host: String
        var pid: Int
        var queues: [String]
        var concurrency: Int
        var running: Int
        var quiet: Bool
        var startedAt: Date

        enum CodingKeys: String, CodingKey {
            case id, host, pid, queues, concurrency, running, quiet
            case startedAt = "started_at"
        }

        init(_ worker: WorkerStatus) {
            (id, host, pid) = (worker.incarnation, worker.host, worker.processID)
            (queues, concurrency, running) = (worker.queues, worker.concurrency, worker.running)
            (quiet, startedAt) = (worker.isQuiet, worker.startedAt)
        }
    }

    func run() async throws {
        let queue = try Desk().queue()
        let lines = try await withRedis { try await queue.workers() }.map(Line.init)
        if json { return try Terminal.print(json: lines) }
        if lines.isEmpty { return print("no worker is running") }
        Terminal.print(
            table: ["ID", "RUNNING", "QUIET", "STARTED", "QUEUES"],
            lines.map { line in
                [
                    line.id, "\(line.running)/\(line.concurrency)", line.quiet ? "yes" : "no",
                    Terminal.format(line.startedAt), line.queues.joined(separator: ","),
                ]
            })
    }
}

struct WorkersQuiet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quiet", abstract: "Tells a worker to take no new jobs, as before it is stopped.")

    @Argument(help: "The id of `manage workers list`.") var id: String
    @Flag(help: "Take jobs again.") var undo = false

    func run() async throws {
        let queue = try Desk().queue()
        guard try await withRedis({ try await queue.quiet(worker: id, !undo) }) else {
            throw Complaint("there is no worker \(id): see manage workers list")
        }
        print("\(id) is told to take \(undo ? "jobs again" : "no new jobs")")
    }
}

import ArgumentParser
import Jobs
import Queue

struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Shows, pauses and resumes queues.",
        subcommands: [QueuesList.self, QueuesPause.self, QueuesResume.self])
}

struct QueuesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows how many jobs wait, how long, and who serves them.")

    @Flag(help: "Print JSON.") var json = false

    struct Line: Encodable {
        var name: String
        var depth: Int
        /// Age of the oldest ready job.
        var latencySeconds: Double
        var running: Int
        var workers: Int
        var paused: Bool

        enum CodingKeys: String, CodingKey {
            case name, depth, running, workers, paused
            case latencySeconds = "latency_seconds"
        }

        init(_ queue: QueueStatus) {
            (name, depth, latencySeconds) = (queue.name, queue.depth, queue.latencySeconds)
            (running, workers, paused) = (queue.running, queue.workers, queue.isPaused)
        }
    }

    func run() async throws {
        let queue = try Desk().queue()
        let lines = try await withRedis { try await queue.queues() }.map(Line.init)
        if json { return try Terminal.print(json: lines) }
        if lines.isEmpty { return print("no queues yet: a queue begins with its first job or worker") }
        Terminal.print(
            table: ["QUEUE", "WAITING", "OLDEST", "RUNNING", "WORKERS", "PAUSED"],
            lines.map { line in
                [
                    line.name, "\(line.depth)", "\(Int(line.latencySeconds)) s", "\(line.running)", "\(line.workers)",
                    line.paused ? "yes" : "no",
                ]
            })
    }
}

struct QueuesPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Lets no worker take jobs of a queue; running ones go on.")

    @Argument(help: "One of \(JobQueues.all.joined(separator: ", ")).") var name: String

    func validate() throws { try requireQueue(name) }

    func run() async throws {
        let queue = try Desk().queue()
        try await withRedis { try await queue.pause(queue: name) }
        print("\(name) is paused")
    }
}

struct QueuesResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lets workers take jobs of a queue again.")

    @Argument(help: "One of \(JobQueues.all.joined(separator: ", ")).") var name: String

    func validate() throws { try requireQueue(name) }

    func run() async throws {
        let queue = try Desk().queue()
        try await withRedis { try await queue.resume(queue: name) }
        print("\(name) goes on")
    }
}

private func requireQueue(_ name: String) throws {
    guard JobQueues.all.contains(name) else { throw ValidationError("There is no queue named \(name).") }
}

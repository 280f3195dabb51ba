import ArgumentParser
import FoundationEssentials
import Identifiers
import Jobs
import Queue
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
        let desk = try Desk()
        let store = try desk.store()
        let queue = try desk.queue()
        try await withRedis { try await requireWorker(queue) }
        let id = try await start(store, queue)
        let job = try await finished(id, in: store)
        try store.close()
        if json { try Terminal.print(json: Report(job)) } else { print(Report(job).text) }
        if job.status != .succeeded { throw ExitCode.failure }
    }

    /// Nobody would take the job: better said now than after an hour.
    private func requireWorker(_ queue: JobQueue) async throws {
        let isServed = try await queue.workers().contains { $0.queues.contains(JobQueues.maintenance) && !$0.isQuiet }
        guard isServed else {
            throw Complaint("no worker serves the queue \(JobQueues.maintenance): start Tern (make up), or a worker")
        }
        if try await queue.queues().contains(where: { $0.name == JobQueues.maintenance && $0.isPaused }) {
            throw Complaint("the queue \(JobQueues.maintenance) is paused: resume it first")
        }
    }

    /// First the Store, then the queue, so that the work is done even when Redis goes away in between. One that runs
    /// already is waited for.
    private func start(_ store: Store, _ queue: JobQueue) async throws -> JobID {
        guard let chore = Chores.job(named: task.rawValue) else { throw Complaint("there is no task \(task.rawValue)") }
        let job = try newJob(chore)
        let creation = try await store.schedules.trigger(
            task.rawValue, by: "manage",
            job: NewTrackedJob(
                id: job.id, kind: job.kind, queue: job.policy.queue,
                payload: String(decoding: job.payload, as: UTF8.self),
                maximumAttempts: job.policy.maximumAttempts, uniqueKey: Chores.uniqueKey(of: task.rawValue)))
        guard creation.isNew else {
            Terminal.complain("\(task.rawValue) is running already as job \(creation.job.id); waiting for it")
            return creation.job.id
        }
        _ = try await withRedis { try await queue.enqueue(job) }
        return job.id
    }

    private func newJob(_ job: some Job) throws -> NewJob { try NewJob(job) }

    private func finished(_ id: JobID, in store: Store) async throws -> TrackedJob {
        let end = ContinuousClock.now + .seconds(timeout)
        while ContinuousClock.now < end {
            if let job = try await store.jobs.find(id), job.status.isTerminal { return job }
            try await _Concurrency.Task.sleep(for: .milliseconds(100))
        }
        throw Complaint("job \(id) has not ended within \(timeout) s; it goes on without this command")
    }

    struct Report: Encodable {
        var jobID: String
        var status: String
        /// The handler's own words, as JSON text.
        var result: String?
        var error: String?
        var seconds: Double?

        enum CodingKeys: String, CodingKey {
            case jobID = "job_id"
            case status, result, error, seconds
        }

        init(_ job: TrackedJob) {
            jobID = job.id.description
            status = job.status.rawValue
            (result, error) = (job.result, job.error)
            seconds = job.finishedAt?.timeIntervalSince(job.startedAt ?? job.createdAt)
        }

        var text: String {
            let time = seconds.map { " in \(Int($0 * 1000)) ms" } ?? ""
            return (["job \(jobID) \(status)\(time)"] + [result, error].compactMap(\.self)).joined(separator: "\n")
        }
    }
}

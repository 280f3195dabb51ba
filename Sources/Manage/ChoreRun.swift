import Bootstrap
import FoundationEssentials
import Identifiers
import Jobs
import Queue
import Store

/// A piece of the timetable's work, asked for by hand, done by a worker and waited for.
struct ChoreRun {
    let store: Store
    let queue: JobQueue

    /// Starts the work of a name, or joins the run that goes on already; returns its job when it has ended.
    func callAsFunction(_ name: String, within seconds: Int) async throws -> TrackedJob {
        try await withRedis { try await requireWorker() }
        let id = try await start(name)
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if let job = try await store.jobs.find(id), job.status.isTerminal { return job }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Complaint("job \(id) has not ended within \(seconds) s; it goes on without this command")
    }

    /// Nobody would take the job: better said now than after an hour.
    private func requireWorker() async throws {
        let isServed = try await queue.workers().contains { $0.queues.contains(JobQueues.maintenance) && !$0.isQuiet }
        guard isServed else {
            throw Complaint("no worker serves the queue \(JobQueues.maintenance): start Tern (make up), or a worker")
        }
        if try await queue.queues().contains(where: { $0.name == JobQueues.maintenance && $0.isPaused }) {
            throw Complaint(
                "the queue \(JobQueues.maintenance) is paused: manage queues resume \(JobQueues.maintenance)")
        }
    }

    /// First the Store, then the queue, so that the work is done even when Redis goes away in between.
    private func start(_ name: String) async throws -> JobID {
        guard let chore = Chores.job(named: name) else {
            throw Complaint("there is no work named \(name): write one of \(Chores.names.joined(separator: ", "))")
        }
        let job = try newJob(chore)
        let creation = try await store.schedules.trigger(
            name, by: "manage",
            job: NewTrackedJob(
                id: job.id, kind: job.kind, queue: job.policy.queue,
                payload: String(decoding: job.payload, as: UTF8.self), maximumAttempts: job.policy.maximumAttempts,
                uniqueKey: Chores.uniqueKey(of: name)))
        guard creation.isNew else {
            Terminal.complain("\(name) is running already as job \(creation.job.id); waiting for it")
            return creation.job.id
        }
        _ = try await withRedis { try await queue.enqueue(job) }
        return job.id
    }

    private func newJob(_ job: some Job) throws -> NewJob { try NewJob(job) }
}

/// How a piece of work ended.
struct ChoreReport: Encodable {
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

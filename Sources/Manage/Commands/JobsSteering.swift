import ArgumentParser
import FoundationEssentials
import Identifiers
import Jobs
import Queue
import Store

struct JobsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one job: where it is, its attempts, its result.")

    @Argument(help: "The job's id.", transform: jobID) var id: JobID

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        guard let job = try await store.jobs.find(id) else { throw Complaint("there is no job \(id)") }
        let history = try await store.jobs.history(of: id)
        try store.close()
        let state = try? await desk.queue().states(of: [id]).first ?? nil
        let lines: [(String, String?)] = [
            ("id", job.id.description), ("kind", job.kind), ("queue", job.queue), ("status", job.status.rawValue),
            ("in the queue", state?.rawValue ?? "not held"), ("stage", job.stage),
            ("attempt", "\(job.attempt) of \(job.maximumAttempts)"), ("created", Terminal.format(job.createdAt)),
            ("started", Terminal.format(job.startedAt)), ("next attempt", job.nextAttemptAt.map(Terminal.format)),
            ("finished", Terminal.format(job.finishedAt)), ("error", job.error), ("result", job.result),
        ]
        for case (let name, let value?) in lines {
            print(name + String(repeating: " ", count: 14 - name.count) + value)
        }
        for line in history { print("history       \(line)") }
    }
}

struct JobsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Runs failed, cancelled or expired jobs again.",
        discussion: "An answer is retried by its user on the chat page, who gets a new one beside the old.")

    @Argument(help: "Ids of jobs.", transform: jobID) var ids: [JobID]

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        let queue = try desk.queue()
        for id in ids {
            guard let standing = try await store.jobs.find(id) else { throw Complaint("there is no job \(id)") }
            guard standing.kind != GenerateAnswer.kind else {
                throw Complaint("job \(id) is an answer, which its user retries on the chat page")
            }
            try await withRedis { try await requireForgotten(id, by: queue) }
            guard let job = try await store.jobs.revive(id) else {
                throw Complaint("job \(id) is \(standing.status.rawValue), or another one does its work now")
            }
            try await withRedis { try await deliver(job, to: queue) }
            print("job \(id) waits in \(job.queue)")
        }
        try store.close()
    }

    /// The queue refuses an id whose end it remembers, so that a repeated enqueue does nothing; only dead jobs come back.
    private func requireForgotten(_ id: JobID, by queue: JobQueue) async throws {
        switch try await queue.states(of: [id]).first ?? nil {
        case .cancelled, .expired, .completed:
            throw Complaint("the queue still remembers the end of job \(id): try again in a quarter of an hour")
        case .ready, .scheduled, .retrying, .running, .dead, nil: return
        }
    }

    /// The queue may hold it as dead, or not at all any more.
    private func deliver(_ job: TrackedJob, to queue: JobQueue) async throws {
        if try await queue.revive(job.id) { return }
        let new = JobCatalogue.job(
            ofKind: job.kind, payload: job.payload, id: job.id, account: job.accountID?.description)
        guard let new else { throw Complaint("this version does not know jobs of kind \(job.kind)") }
        _ = try await queue.enqueue(new)
    }
}

struct JobsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends jobs that wait, and asks running ones to end.")

    @Argument(help: "Ids of jobs.", transform: jobID) var ids: [JobID]

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        let queue = try desk.queue()
        let feed = AnswerFeed(redis: queue.redis, namespace: queue.namespace)
        for id in ids {
            let request = try await store.jobs.requestCancel(id)
            guard var job = request.job else { throw Complaint("there is no job \(id)") }
            try await withRedis {
                if try await queue.cancel(id) == .ended, job.status == .cancelling {
                    job = try await store.jobs.endCancelling(id, fence: job.fence) ?? job
                }
                if job.status.isTerminal, job.kind == GenerateAnswer.kind {
                    let status = FeedStatus(status: job.status.rawValue, attempt: job.attempt)
                    _ = try await feed.append([.status(status), .done], to: id, fence: AnswerFeed.endOfJob)
                } else {
                    try await feed.ring(id)
                }
            }
            print("job \(id) is \(job.status.rawValue)")
        }
        try store.close()
    }
}

struct JobsClear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Deletes the records of finished jobs in a state.")

    @Option(help: "failed, cancelled, expired or succeeded.") var state: State
    @Flag(help: "Really do it.") var yes = false

    enum State: String, ExpressibleByArgument, CaseIterable {
        case failed, cancelled, expired, succeeded
    }

    func validate() throws {
        guard yes else { throw ValidationError("This deletes records for good: add --yes.") }
    }

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        let queue = try desk.queue()
        let statuses = JobStatus(rawValue: state.rawValue).map { [$0] } ?? []
        var count = 0
        var cursor: String?
        repeat {
            let page = try await store.jobs.list(JobFilter(statuses: statuses), limit: 500, cursor: cursor)
            for job in page.elements where try await store.jobs.delete(job.id) {
                // Without Redis a dead letter stays there until it is too old.
                _ = try? await queue.delete(job.id)
                count += 1
            }
            cursor = page.next
        } while cursor != nil
        try store.close()
        print("\(count) deleted")
    }
}

private func jobID(_ text: String) throws -> JobID {
    guard let id = JobID(text) else { throw ValidationError("'\(text)' is no job id.") }
    return id
}

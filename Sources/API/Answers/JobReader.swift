import FoundationEssentials
import Identifiers
import Jobs
import Logging
import Redis
import Store

/// Reads jobs for their owners, and waits for their changes.
struct JobReader: Sendable {
    /// Without a ring the Store is asked again after this time, as while Redis is away.
    private static let longestSilence = Duration.seconds(5)

    /// 2026-01-01: there are no jobs before it.
    private static let firstMilliseconds: Int64 = 1_767_225_600_000
    /// What Redis knows of a job is left out of an answer when it takes longer.
    private static let liveLimit = Duration.seconds(1)

    let store: Store
    let feed: AnswerFeed
    let room: WaitingRoom
    let queues: QueueWatch
    let retention: Duration
    let logger: Logger

    /// The job of an account: 404 for a foreign or unknown one, 410 for one beyond the retention.
    @inline(never)
    func job(_ id: JobID, of account: AccountID) async throws -> JobDocument {
        guard let found = try await store.jobs.answer(id, of: account) else { throw missing(id) }
        let job = found.job
        if job.status.isTerminal {
            if let end = job.finishedAt, isBeyondRetention(end) { throw Self.gone }
            return JobDocument(job, response: found.response, sources: found.sources, usage: found.usage)
        }
        let live = await live(of: job)
        return JobDocument(
            job, response: found.response, sources: found.sources, usage: found.usage, feed: live?.snapshot,
            place: live?.place)
    }

    /// Throws as `job` does, without asking Redis.
    func check(_ id: JobID, of account: AccountID) async throws {
        guard let job = try await store.jobs.answer(id, of: account)?.job else { throw missing(id) }
        if job.status.isTerminal, let end = job.finishedAt, isBeyondRetention(end) { throw Self.gone }
    }

    /// The job as soon as its version differs from `version`, or as it is when the time is up or the process stops.
    func change(
        of id: JobID, account: AccountID, from version: Int64, within limit: Duration
    ) async throws -> JobDocument {
        try await wait(for: id, account: account, within: limit) { $0.version != version }
    }

    /// The job as soon as it has ended, or as it is when the time is up or the process stops.
    func end(of id: JobID, account: AccountID, within limit: Duration) async throws -> JobDocument {
        try await wait(for: id, account: account, within: limit) { _ in false }
    }

    private func wait(
        for id: JobID, account: AccountID, within limit: Duration, until isNews: @Sendable (JobDocument) -> Bool
    ) async throws -> JobDocument {
        let clock = ContinuousClock()
        let end = clock.now + limit
        // Listen first, then look: a ring in between is kept.
        let listener = room.listen(id)
        while true {
            let document = try await job(id, of: account)
            let left = clock.now.duration(to: end)
            if document.isTerminal { note(document) }
            if document.isTerminal || isNews(document) || left <= .zero { return document }
            guard await room.wait(listener, atMost: min(left, Self.longestSilence)) else { return document }
        }
    }

    /// The time an answer took tells how long the next may take.
    private func note(_ document: JobDocument) {
        guard document.job.status == .succeeded, document.job.kind == GenerateAnswer.kind,
            let start = document.job.startedAt, let end = document.job.finishedAt
        else { return }
        queues.note(answerSeconds: end.timeIntervalSince(start))
    }

    /// What Redis knows; nil when it does not answer in time.
    private func live(of job: TrackedJob) async -> (snapshot: FeedSnapshot?, place: QueuePlace?)? {
        await Deadline.value(within: Self.liveLimit) {
            (
                snapshot: await snapshot(of: job.id),
                place: job.status == .queued ? await queues.place(of: job.id, in: job.queue) : nil
            )
        }
    }

    /// Live text is worth nothing without Redis; the Store's checkpoint stands in.
    private func snapshot(of id: JobID) async -> FeedSnapshot? {
        do {
            return try await feed.snapshot(id)
        } catch {
            logger.debug("feed unknown", metadata: ["job.id": .stringConvertible(id), "error": "\(error)"])
            return nil
        }
    }

    /// An id tells its age, so an old one is gone whoever owned it: nothing can be probed.
    private func missing(_ id: JobID) -> Problem {
        // What no server of ours can have made was never here.
        guard id.isVersion7, id.milliseconds >= Self.firstMilliseconds else { return .notFound }
        let created = Date(timeIntervalSince1970: Double(id.milliseconds) / 1000)
        return isBeyondRetention(created) ? Self.gone : .notFound
    }

    private func isBeyondRetention(_ date: Date) -> Bool { date + retention < Date() }

    private static let gone = Problem.gone("job_gone", "The job ended long ago and is no longer kept.")
}

extension ID {
    /// Whether version and variant are those of our ids (RFC 9562).
    fileprivate var isVersion7: Bool { high & 0xF000 == 0x7000 && low >> 62 == 0b10 }
}

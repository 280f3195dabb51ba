import FoundationEssentials
import Identifiers
import Jobs
import Logging
import Queue
import ServiceLifecycle
import Store
import Synchronization

/// Carries jobs whose rows are committed to the queue, many in one round trip, and again until Redis takes them.
///
/// Nobody waits for it: the Store has promised the job already. What does not fit here while Redis is away is found by
/// reconcile.
final class Dispatcher: Service {
    private struct State {
        var pending: [NewJob] = []
        var isOverflowing = false
    }

    private static let capacity = 10_000
    private static let batch = 256
    private static let firstPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(2)

    private let queue: JobQueue
    private let logger: Logger
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(queue: JobQueue, logger: Logger) {
        self.queue = queue
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a job that the Store knows; returns at once. It runs not before `time`.
    func deliver(_ job: TrackedJob, at time: Date? = nil) {
        guard let new = NewJob(job, runAt: time) else {
            logger.error("unknown kind of job", metadata: ["job.kind": .string(job.kind)])
            return
        }
        let (wasEmpty, isFirstLeftOut) = state.withLock { state in
            guard state.pending.count < Self.capacity else {
                defer { state.isOverflowing = true }
                return (false, !state.isOverflowing)
            }
            state.pending.append(new)
            return (state.pending.count == 1, false)
        }
        if isFirstLeftOut { logger.warning("too many jobs wait for redis; reconcile will deliver the rest") }
        if wasEmpty { signal.yield() }
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() { await drain() }
        // What came last: one try, then reconcile has it.
        _ = await sendBatch()
    }

    /// Sends until nothing is left; returns early only when the process stops.
    private func drain() async {
        var pause = Self.firstPause
        while !Task.isCancelled {
            switch await sendBatch() {
            case .empty: return
            case .sent: pause = Self.firstPause
            case .failed:
                let wasCut = await waits(pause)
                if wasCut { return }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private enum Outcome { case sent, empty, failed }

    private func sendBatch() async -> Outcome {
        let jobs = state.withLock { state in
            let jobs = Array(state.pending.prefix(Self.batch))
            state.pending.removeFirst(jobs.count)
            return jobs
        }
        if jobs.isEmpty { return .empty }
        do {
            _ = try await queue.enqueue(jobs)
            state.withLock { $0.isOverflowing = false }
            return .sent
        } catch {
            // Repeatable: the queue knows a job by its id, so what was taken before the failure is taken once.
            state.withLock { $0.pending.insert(contentsOf: jobs, at: 0) }
            logger.warning(
                "jobs wait for redis", metadata: ["jobs": .stringConvertible(jobs.count), "error": "\(error)"])
            return .failed
        }
    }

    /// Whether graceful shutdown cut the pause short.
    private func waits(_ pause: Duration) async -> Bool {
        await cancelWhenGracefulShutdown {
            do {
                try await Task.sleep(for: pause)
                return false
            } catch {
                return true
            }
        }
    }
}

extension NewJob {
    /// The job as its row describes it; nil for a kind of another version.
    init?(_ row: TrackedJob, runAt: Date?) {
        guard let policy = JobCatalogue.policy(ofKind: row.kind) else { return nil }
        self.init(
            kind: row.kind, payload: Array(row.payload.utf8), policy: policy, id: row.id,
            account: row.accountID?.description, runAt: runAt, deadline: row.deadline)
    }
}

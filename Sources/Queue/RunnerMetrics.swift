import Metrics
import Synchronization

/// Counters and timers of a runner. Labels are queue, kind and outcome only, so their number is bounded.
final class RunnerMetrics: Sendable {
    private struct Label: Hashable {
        let queue: String
        let kind: String
        let outcome: String
    }

    private struct Meters {
        let ended: Counter
        let duration: Metrics.Timer
    }

    private let meters = Mutex<[Label: Meters]>([:])
    private let claims = Counter(label: "queue_jobs_claimed_total")
    private let dropped = Counter(label: "queue_entries_dropped_total")
    private let lost = Counter(label: "queue_acknowledgements_lost_total")
    private let evictions = Counter(label: "queue_worker_evictions_total")
    private let recovered = Counter(label: "queue_jobs_recovered_total")

    func claimed(_ result: ClaimReply.Jobs) {
        claims.increment(by: result.jobs.count)
        if result.dropped > 0 { dropped.increment(by: result.dropped) }
        if result.lost > 0 { lost.increment(by: result.lost) }
        let recoveries = result.jobs.count { $0.attempt.recoveries > 0 }
        if recoveries > 0 { recovered.increment(by: recoveries) }
    }

    func ended(_ attempt: Attempt, _ conclusion: Conclusion, nanoseconds: Int64) {
        let label = Label(queue: attempt.queue, kind: attempt.kind, outcome: conclusion.word)
        let meter = meters.withLock { meters in
            if let known = meters[label] { return known }
            let dimensions = [("queue", label.queue), ("kind", label.kind), ("outcome", label.outcome)]
            let new = Meters(
                ended: Counter(label: "queue_jobs_ended_total", dimensions: dimensions),
                duration: Metrics.Timer(label: "queue_job_duration_seconds", dimensions: dimensions))
            meters[label] = new
            return new
        }
        meter.ended.increment()
        meter.duration.recordNanoseconds(nanoseconds)
    }

    func stuck(_ attempt: Attempt) {
        Counter(label: "queue_handlers_stuck_total", dimensions: [("queue", attempt.queue), ("kind", attempt.kind)])
            .increment()
    }

    func evicted() { evictions.increment() }
}

extension Conclusion {
    /// One word for logs and metrics.
    public var word: String {
        switch self {
        case .retry: "retry"
        case .snooze: "snooze"
        case .bury: "bury"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .givenBack: "given_back"
        case .completed: "completed"
        }
    }
}

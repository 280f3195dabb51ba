import Bootstrap
import FoundationEssentials
import Synchronization

/// The counting of one process, for the time that Redis is away.
final class LocalWindows: Sendable {
    private static let maximumSubjects = 10_000

    private let times = Mutex<[String: [Date]]>([:])

    /// Milliseconds until a request is admitted; 0 when this one was, and then it is noted.
    func admit(_ key: String, _ limit: RateLimit, at now: Date) -> Double {
        times.withLock { times in
            var past = times[key] ?? []
            var wait = 0.0
            for span in limit.spans where past.count >= span.count {
                let last = past[past.count - span.count]
                wait = max(wait, last.timeIntervalSince(now) + Double(span.seconds))
            }
            if wait > 0 { return wait * 1000 }
            past.append(now)
            let most = limit.spans.map(\.count).max() ?? 0
            if past.count > most { past.removeFirst(past.count - most) }
            // Forgetting all at once now and then is the price of a bound that costs nothing else.
            if times.count >= Self.maximumSubjects { times.removeAll(keepingCapacity: true) }
            times[key] = past
            return 0
        }
    }
}

import FoundationEssentials
import Redis

/// Which of the ticks since the last one are fired, by the entry's catch-up policy.
struct TickPlan: Equatable {
    private static let most = 100

    /// In order.
    private(set) var fire: [Date] = []
    /// The last tick when it is not fired, to be noted as passed.
    private(set) var passed: Date?

    /// - Parameter tolerance: a tick no older than this was not missed.
    init(_ entry: ScheduledEntry, since: Date, now: Date, tolerance: Duration) {
        let count = entry.catchUp == .all ? Self.most : 1
        let ticks = Self.last(count, of: entry.recurrence, in: entry.timeZone, since: since, until: now)
        guard let last = ticks.last else { return }
        switch entry.catchUp {
        case .all: fire = ticks
        case .latest: fire = [last]
        case .none:
            if now.timeIntervalSince(last) <= tolerance.timeInterval { fire = [last] } else { passed = last }
        }
    }

    /// Looks at ever longer spans before now, so that a long outage of a frequent entry costs little.
    private static func last(
        _ count: Int, of recurrence: Recurrence, in zone: Zone, since: Date, until now: Date
    ) -> [Date] {
        for span in [600.0, 6000, 86_400, 31 * 86_400, 366 * 86_400, .infinity] {
            let start = max(since, now - span)
            var ticks: [Date] = []
            var time = start
            while let tick = recurrence.next(after: time, in: zone), tick <= now {
                ticks.append(tick)
                time = tick
            }
            if ticks.count >= count || start == since { return Array(ticks.suffix(count)) }
        }
        return []
    }
}

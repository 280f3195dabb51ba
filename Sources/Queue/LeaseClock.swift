import Redis

/// Decides whether silent workers may be taken for dead.
///
/// Only after Redis has answered for one full lease without a break, since after an outage the living need time to be
/// heard again; and only while its clock and ours agree, since leases end by its clock, and a step of it must not end
/// them all.
package struct LeaseClock {
    /// Nanoseconds.
    private let lease: Int64
    private var first: (redis: Int64, own: Int64)?

    package init(lease: Duration) { self.lease = lease.nanoseconds }

    /// - Parameters:
    ///   - redis: the server's time in milliseconds.
    ///   - own: the monotonic clock in nanoseconds.
    /// - Returns: true when leases that have ended by the server's clock have really ended.
    package mutating func observe(redis: Int64, own: Int64) -> Bool {
        guard let first else {
            self.first = (redis, own)
            return false
        }
        let drift = (redis - first.redis) * 1_000_000 - (own - first.own)
        guard drift.magnitude <= lease.magnitude / 4 else {
            self.first = (redis, own)
            return false
        }
        return own - first.own >= lease
    }

    package mutating func missedAnswer() { first = nil }
}

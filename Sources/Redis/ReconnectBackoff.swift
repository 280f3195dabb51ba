/// The pause before the next attempt to connect: none at first, then 50 ms doubled up to 2 s, with half of it jitter,
/// so that a fleet doesn't return in step.
struct ReconnectBackoff {
    private var failures = 0
    private var earliest: Int64 = 0

    /// Nanoseconds from now until an attempt is allowed.
    func remaining(at now: Int64) -> Int64 { max(0, earliest - now) }

    mutating func failed(at now: Int64) {
        let doubled: Int64 = 50_000_000 << Int64(min(failures, 6))
        let full = min(doubled, 2_000_000_000)
        failures += 1
        earliest = now + full / 2 + Int64.random(in: 0...full / 2)
    }

    mutating func succeeded() {
        failures = 0
        earliest = 0
    }
}

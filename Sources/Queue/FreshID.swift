public import Identifiers
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ID where Owner == JobIdentity {
    /// A new id, as by `make()`, from random numbers that are fetched 32 at a time: two system calls an id would cost
    /// as much as encoding a small job.
    public static func fresh() -> JobID {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        return pool.withLock { make(atMilliseconds: milliseconds, using: &$0) }
    }
}

private let pool = Mutex(EntropyPool())

/// The system's random numbers in portions; each is given out once.
private struct EntropyPool: RandomNumberGenerator {
    private var words: [UInt64] = []

    mutating func next() -> UInt64 {
        if let word = words.popLast() { return word }
        words = Array(repeating: 0, count: 32)
        // 256 bytes are the most that it gives at once.
        let code = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        if code != 0 {
            var system = SystemRandomNumberGenerator()
            for index in words.indices { words[index] = system.next() }
        }
        return words.removeLast()
    }
}

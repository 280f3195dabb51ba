#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random bits, so ids sort by time and can't be guessed.
///
/// `Owner` only tells ids of different things apart: an `ID<Account>` is never taken for a `JobID`.
public struct ID<Owner>: Hashable, Sendable {
    /// Bytes 0–7, big endian.
    public let high: UInt64
    /// Bytes 8–15, big endian.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id, made from the system's clock and random generator.
    public static func make() -> Self {
        var generator = SystemRandomNumberGenerator()
        return make(atMilliseconds: Self.currentMilliseconds(), using: &generator)
    }

    /// A new id for the given Unix time in milliseconds.
    public static func make(
        atMilliseconds milliseconds: Int64, using generator: inout some RandomNumberGenerator
    ) -> Self {
        let time = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
        let random = UInt64.random(in: 0...UInt64.max, using: &generator)
        let tail = UInt64.random(in: 0...UInt64.max, using: &generator)
        return Self(
            high: time << 16 | 0x7000 | (random & 0x0FFF),
            low: 0x8000_0000_0000_0000 | (tail & 0x3FFF_FFFF_FFFF_FFFF))
    }

    /// The Unix time in milliseconds in the id.
    public var milliseconds: Int64 { Int64(high >> 16) }

    private static func currentMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}

extension ID: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// The tag of job ids, shared by the engine and the Store.
public enum JobIdentity {}

/// The id of a job.
public typealias JobID = ID<JobIdentity>

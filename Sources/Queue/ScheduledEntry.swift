public import FoundationEssentials
public import Identifiers

/// One line of a timetable.
public struct ScheduledEntry: Sendable {
    /// What happens to ticks that nobody fired in time (more than a minute late).
    public enum CatchUp: String, Sendable, Codable, CaseIterable {
        /// They are skipped.
        case none
        /// The last one fires.
        case latest
        /// Each of them fires, oldest first, the last 100 at most.
        case all
    }

    /// What happens to a tick while the job of an earlier one is unfinished.
    public enum Overlap: String, Sendable, Codable, CaseIterable {
        case skip
        case queue
    }

    public let name: String
    public let recurrence: Recurrence
    public let timeZone: Zone
    public let catchUp: CatchUp
    public let overlap: Overlap
    /// The last tick that the Store knows of; what Redis remembers counts too, the later one wins.
    public let lastFire: Date?
    public let makeJob: @Sendable (_ tick: Date, _ id: JobID) throws -> NewJob

    public init(
        name: String, recurrence: Recurrence, timeZone: Zone = .utc, catchUp: CatchUp = .latest,
        overlap: Overlap = .skip, lastFire: Date? = nil,
        makeJob: @escaping @Sendable (_ tick: Date, _ id: JobID) throws -> NewJob
    ) {
        self.name = name
        self.recurrence = recurrence
        self.timeZone = timeZone
        self.catchUp = catchUp
        self.overlap = overlap
        self.lastFire = lastFire
        self.makeJob = makeJob
    }

    /// The id of a tick's job: the same in every process, and different for every (entry, tick).
    public static func jobID(entry: String, tick: Date) -> JobID {
        var generator = SeededGenerator(seed: "\(entry)\n\(tick.milliseconds)")
        return JobID.make(atMilliseconds: tick.milliseconds, using: &generator)
    }
}

/// The same numbers for the same text: FNV-1a for the seed, SplitMix64 for the sequence. Not for secrets.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: String) {
        state = seed.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

import FoundationEssentials
import Identifiers
import Redis

/// What a runner holds and what it has to tell Redis. Lives under the runner's mutex.
struct Slots {
    /// Why a handler's task was cancelled.
    enum Stop: Sendable {
        case cancelled
        case timeLimit
        case shutdown
    }

    struct Slot {
        let job: Claimed
        /// Another one means that the job was taken from the handler that shows the old one.
        var token: UInt64
        var task: Task<Void, Never>?
        /// Monotonic nanoseconds.
        let startedAt: Int64
        let overdueAt: Int64
        var stop: Stop?
        var stuckAt: Int64?
        var isConcluding = false
    }

    enum Phase {
        case running
        /// Until a monotonic time in nanoseconds; then what runs is given back.
        case draining(until: Int64)
    }

    struct Failure: Sendable {
        let attempt: Attempt
        let isHashed: Bool
        let action: String
        let due: Int64
        let text: String
    }

    var incarnation: String
    var phase = Phase.running
    var isQuiet = false
    /// What the operator said through Redis; only a change of it counts, so that a local signal is not undone.
    var isSignalledQuiet = false
    var isEvicted = false
    private(set) var slots: [JobID: Slot] = [:]
    private(set) var runningByQueue: [Int]
    /// Of the slots, those with a job that was recovered again, and with one that must run alone.
    private var exclusive = 0
    private var alone = 0
    var acknowledgements: [ClaimCall.Acknowledgement] = []
    var failures: [Failure] = []
    /// Conclusions under way for jobs without a slot.
    var aside = 0
    /// The last claim got all it asked for, or something was announced since.
    var mayHaveWork = true
    private(set) var announcements = 0
    /// A suspect waits until nothing runs here, since this time.
    private(set) var emptyingSince: Int64?
    /// The queues that the wake loop doesn't listen at, since they are at their limit.
    var unheard: [Int] = []
    /// Redis holds more for this worker than it knows of, or it looked so to the heartbeat.
    var mustCompare = false
    private var lastToken: UInt64 = 0
    private var lastCall: Int64 = 0

    init(incarnation: String, queues: Int) {
        self.incarnation = incarnation
        runningByQueue = Array(repeating: 0, count: queues)
    }

    var isEmpty: Bool { slots.isEmpty && aside == 0 }
    var isIdle: Bool { isEmpty && acknowledgements.isEmpty && failures.isEmpty }
    var isDraining: Bool { if case .draining = phase { true } else { false } }

    /// What jobs of dead workers a claim may take.
    func recovery(at now: Int64) -> ClaimCall.Recovery {
        exclusive > 0 ? .others : isTiredOfEmptying(at: now) ? .crowded : .all
    }

    /// Nothing is claimed while a suspect waits, but not for ever: then it runs beside what doesn't end.
    func isTiredOfEmptying(at now: Int64) -> Bool {
        emptyingSince.map { now - $0 >= Self.patienceWithEmptying } ?? false
    }

    private static let patienceWithEmptying: Int64 = 10_000_000_000

    mutating func mustEmpty(_ mustEmpty: Bool, at now: Int64) {
        emptyingSince = mustEmpty ? emptyingSince ?? now : nil
    }

    mutating func announceWork() {
        mayHaveWork = true
        announcements += 1
    }

    /// How many jobs Redis must think that this worker holds, between two calls.
    var heldCount: Int { slots.count + acknowledgements.count + failures.count + aside }

    /// - Returns: true when the claim loop has to look closer. Calls under way make the figures differ too.
    mutating func compare(held: Int, _ incarnation: String) -> Bool {
        guard self.incarnation == incarnation, held > heldCount else { return false }
        mustCompare = true
        return true
    }

    /// Slots that a claim may fill now.
    func free(of concurrency: Int, at now: Int64 = monotonicNanoseconds()) -> Int {
        guard !isDraining, !isQuiet, emptyingSince == nil || isEmpty || isTiredOfEmptying(at: now) else { return 0 }
        guard alone == 0 else { return 0 }
        return max(0, concurrency - slots.count - aside)
    }

    mutating func nextCallNumber() -> Int64 {
        lastCall += 1
        return lastCall
    }

    mutating func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }

    mutating func fill(_ slot: Slot) {
        // Two untracked jobs may share an id: the later one has the slot.
        if let other = slots.updateValue(slot, forKey: slot.job.id) { count(other.job, -1) }
        count(slot.job, 1)
    }

    mutating func update(_ id: JobID, _ change: (inout Slot) -> Void) {
        guard let index = slots.index(forKey: id) else { return }
        change(&slots.values[index])
    }

    /// Nil when the job was taken from the holder of the token.
    mutating func empty(_ id: JobID, token: UInt64) -> Slot? {
        guard let index = slots.index(forKey: id), slots.values[index].token == token else { return nil }
        let slot = slots.remove(at: index).value
        count(slot.job, -1)
        return slot
    }

    private mutating func count(_ job: Claimed, _ change: Int) {
        runningByQueue[job.queueIndex] += change
        if job.isExclusive { exclusive += change }
        if job.isAlone { alone += change }
    }

    /// Everything held is somebody else's by now: forget it and stop the handlers.
    mutating func abandonAll() -> [Slot] {
        let lost = Array(slots.values)
        slots = [:]
        runningByQueue = runningByQueue.map { _ in 0 }
        exclusive = 0
        alone = 0
        acknowledgements = []
        failures = []
        lastCall = 0
        emptyingSince = nil
        mustCompare = false
        isEvicted = false
        announceWork()
        return lost
    }
}

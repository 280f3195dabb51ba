public import FoundationEssentials
public import Identifiers
public import Logging
public import ServiceLifecycle

/// Fires a timetable's ticks. Any number may run; each tick fires once.
public struct Scheduler: Service {
    /// - Parameters:
    ///   - entries: the timetable, asked for at every round.
    ///   - willFire: the application's own record of the tick, made before the job is enqueued; false when the tick
    ///     is recorded already, and then nothing is enqueued here.
    public init(
        queue: JobQueue, entries: @escaping @Sendable () async throws -> [ScheduledEntry],
        willFire: @escaping @Sendable (_ entry: String, _ tick: Date, _ id: JobID) async throws -> Bool = { _, _, _ in
            true
        }, configuration: Configuration = Configuration(), logger: Logger
    ) {}

    public func run() async throws { throw ZoneError(description: "not running yet") }
}

extension Scheduler {
    public struct Configuration: Sendable {
        /// The leader's place is taken by another beat after so long without a sign of life.
        public var leadership: Duration
        /// A tick older than this was missed: the entry's catch-up policy decides.
        public var tolerance: Duration

        public init(leadership: Duration = .seconds(10), tolerance: Duration = .seconds(60)) {
            self.leadership = leadership
            self.tolerance = tolerance
        }
    }
}

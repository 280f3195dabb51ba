/// A queue and its share of the slots.
public struct QueueWeight: Sendable, Hashable {
    public let name: String
    /// Of two queues with work, one of weight 3 gets three times the claims of one of weight 1.
    public let weight: Int
    /// At most so many of its jobs run in this process at once; nil is the runner's concurrency.
    public let limit: Int?

    public init(_ name: String, weight: Int = 1, limit: Int? = nil) {
        self.name = name
        self.weight = max(1, weight)
        self.limit = limit.map { max(0, $0) }
    }
}

extension JobRunner {
    public struct Configuration: Sendable {
        public var queues: [QueueWeight]
        /// Slots: jobs that run at once in this process.
        public var concurrency: Int
        /// Queues are served in the order given instead of by weight.
        public var isStrict: Bool
        /// A worker that is silent for so long is taken for dead and its jobs run elsewhere.
        public var lease: Duration
        /// How long running jobs may go on after a graceful shutdown began; then they are given back.
        public var drain: Duration
        /// How long a handler may ignore its cancellation before its slot is freed and the job taken from it.
        public var stuckAfter: Duration
        /// How long an ended tracked job can be looked up. At least 10 minutes in production.
        public var keepsEnded: Duration
        /// Deaths of a worker with a job alone that bury it; before the last of them nothing runs beside it. The
        /// maintainers' number.
        public var poisonLimit: Int
        /// How long dead jobs are kept, and how many of them.
        public var keepsDead: Duration = .seconds(90 * 86_400)
        public var deadLimit = 10_000

        public init(
            queues: [QueueWeight], concurrency: Int, isStrict: Bool = false, lease: Duration = .seconds(12),
            drain: Duration = .seconds(25), stuckAfter: Duration = .seconds(10), keepsEnded: Duration = .seconds(900),
            poisonLimit: Int = 3
        ) {
            self.queues = queues
            self.concurrency = max(1, concurrency)
            self.isStrict = isStrict
            self.lease = lease
            self.drain = drain
            self.stuckAfter = stuckAfter
            self.keepsEnded = keepsEnded
            self.poisonLimit = max(2, poisonLimit)
        }
    }
}

public import Identifiers
public import Logging
public import Redis
public import ServiceLifecycle

/// Keeps a queue moving: makes due jobs ready, brings back the jobs of dead workers, prunes. Runs in every worker.
public struct Maintainer: Service {
    /// A job that ended without a handler: the application brings its own records up to date.
    public enum Ending: Sendable, Equatable {
        /// Its worker died with it too often (`worker_died_repeatedly`).
        case buried(JobFailure)
        /// It was being cancelled when its worker died.
        case cancelled
    }

    /// - Parameter didEnd: called until it doesn't throw, so perhaps more than once for a job.
    public init(
        address: RedisAddress, namespace: String = "tern", configuration: Configuration = Configuration(),
        didEnd: @escaping @Sendable (JobID, Ending) async throws -> Void = { _, _ in }, logger: Logger
    ) {}

    public func run() async throws { throw RedisError.closed }
}

extension Maintainer {
    public struct Configuration: Sendable {
        /// The lease of the runners: nobody is reaped before Redis has answered for so long without a break.
        public var lease: Duration
        public var poisonLimit: Int
        public var poisonWindow: Duration
        /// Dead jobs beyond these are forgotten, oldest first.
        public var deadLimit: Int
        public var deadRetention: Duration

        public init(
            lease: Duration = .seconds(15), poisonLimit: Int = 3, poisonWindow: Duration = .seconds(72 * 3600),
            deadLimit: Int = 10_000, deadRetention: Duration = .seconds(90 * 86_400)
        ) {
            self.lease = lease
            self.poisonLimit = poisonLimit
            self.poisonWindow = poisonWindow
            self.deadLimit = deadLimit
            self.deadRetention = deadRetention
        }
    }
}

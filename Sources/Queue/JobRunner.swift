public import Logging
public import Redis
public import ServiceLifecycle

/// Claims jobs into free slots and runs them.
public final class JobRunner: Service {
    public init(
        address: RedisAddress, namespace: String = "tern", handlers: Handlers, configuration: Configuration,
        willConclude: @escaping @Sendable (Attempt, Conclusion) async throws -> Void = { _, _ in }, logger: Logger
    ) {}

    public func run() async throws { throw RedisError.closed }
}

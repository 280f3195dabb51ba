import Bootstrap
import Logging
import Queue
import Redis
import ServiceLifecycle

/// A real consumer of the queue in place of the worker process, while a test runs.
func withConsumer(
    of api: TestAPI, _ handlers: Handlers, _ test: () async throws -> Void
) async throws {
    var logger = Logger(label: "consumer")
    logger.logLevel = .critical
    let runner = JobRunner(
        address: try RedisAddress(parsing: api.settings.storage.redisURL), namespace: api.settings.storage.namespace,
        handlers: handlers,
        configuration: .init(queues: [QueueWeight("answers")], concurrency: 4, drain: .seconds(1)), logger: logger)
    let group = ServiceGroup(services: [runner], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await test()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

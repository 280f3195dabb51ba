import Identifiers
import Logging
import Queue
import Redis
import ServiceLifecycle
import Synchronization
import TestSupport

/// A tracked job for tests.
struct Note: Job, Equatable {
    static let kind = "note"
    static let policy = JobPolicy(
        queue: "notes", maximumAttempts: 3, timeLimit: .seconds(30), backoff: .steps(.milliseconds(1)))
    var text = ""
}

/// An untracked job for tests.
struct Ping: Job, Equatable {
    static let kind = "ping"
    static let policy = JobPolicy(
        queue: "pings", isTracked: false, maximumAttempts: 2, timeLimit: .seconds(30), backoff: .steps(.milliseconds(1))
    )
    var number = 0
}

/// A queue in a namespace of its own.
struct Fixture {
    let server: RedisServer
    let address: RedisAddress
    let namespace = RedisServer.freshNamespace()
    let queue: JobQueue
    let log = Log()

    /// - Parameter own: a server that the test may stop.
    init(own: Bool = false) async throws {
        server = own ? try await RedisServer.start() : try await RedisServer.shared()
        address = try RedisAddress(parsing: server.url)
        queue = JobQueue(redis: RedisConnection(address), namespace: namespace)
    }

    var redis: RedisConnection { queue.redis }

    func key(_ name: String) -> RedisArgument { .text(queue.keyPrefix + name) }

    func runner(
        queues: [QueueWeight] = [QueueWeight("notes"), QueueWeight("pings")], concurrency: Int = 8,
        lease: Duration = .seconds(12), drain: Duration = .seconds(10), stuckAfter: Duration = .seconds(5),
        _ handlers: Handlers,
        willConclude: @escaping @Sendable (Attempt, Conclusion) async throws -> Void = { _, _ in }
    ) -> JobRunner {
        JobRunner(
            address: address, namespace: namespace, handlers: handlers,
            configuration: .init(
                queues: queues, concurrency: concurrency, lease: lease, drain: drain, stuckAfter: stuckAfter),
            willConclude: { [log] attempt, conclusion in
                log.add("\(conclusion.word)")
                try await willConclude(attempt, conclusion)
            }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func maintainer(
        lease: Duration = .milliseconds(400), poisonLimit: Int = 3,
        didEnd: @escaping @Sendable (JobID, Maintainer.Ending) async throws -> Void = { _, _ in }
    ) -> Maintainer {
        Maintainer(
            address: address, namespace: namespace,
            configuration: .init(lease: lease, poisonLimit: poisonLimit), didEnd: didEnd,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Services run while the body does, then are shut down gracefully and waited for.
    func running<Value>(_ services: any Service..., body: () async throws -> Value) async throws -> Value {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let run = Task { try await group.run() }
        do {
            let value = try await body()
            await group.triggerGracefulShutdown()
            try await run.value
            return value
        } catch {
            run.cancel()
            _ = await run.result
            throw error
        }
    }

    func state(_ id: JobID) async throws -> JobState? { try await queue.states(of: [id])[0] }

    func eventually(_ state: JobState?, _ id: JobID) async throws {
        try await TestSupport.eventually(
            "the job to be \(state.map(\.rawValue) ?? "gone")",
            isTrue: {
                try await self.state(id) == state
            })
    }
}

/// What happened, in order.
final class Log: Sendable {
    private let entries = Mutex<[String]>([])

    var all: [String] { entries.withLock { $0 } }

    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    func count(_ entry: String) -> Int { all.count { $0 == entry } }
}

/// Lets handlers wait until the test says so.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Heeds no cancellation.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Waits until the task is cancelled.
func untilCancelled() async throws {
    try await Task.sleep(for: .seconds(60))
}

struct Trouble: Error, CustomStringConvertible {
    var description = "trouble"
}

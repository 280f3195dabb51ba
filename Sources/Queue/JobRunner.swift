import FoundationEssentials
public import Logging
public import Redis
public import ServiceLifecycle
import Synchronization

/// Claims jobs into free slots and runs them.
///
/// One task talks to Redis: it acknowledges what has ended and claims into the free slots in one round trip. A second
/// sleeps on the queues' wake markers while there is nothing to do. A thread of its own extends the lease and watches
/// time limits, so that busy handlers can't starve it. Results count only while the lease holds; when it is lost, the
/// handlers are cancelled, their results thrown away, and the runner goes on under a new incarnation.
///
/// On graceful shutdown nothing more is claimed; what still runs after ``Configuration/drain`` is given back to the
/// head of its queue.
public final class JobRunner: Service {
    let address: RedisAddress
    let keys: Keys
    let handlers: Handlers
    let configuration: Configuration
    let willConclude: @Sendable (Attempt, Conclusion) async throws -> Void
    let logger: Logger
    let redis: RedisConnection
    let metrics = RunnerMetrics()
    let state: Mutex<Slots>
    /// Something ended, arrived or changed: the claim loop looks.
    let news = Signal()
    /// The claim loop found nothing to do: the wake loop waits at the markers.
    let idleness = Signal()
    let queueIndices: [String: Int]

    /// - Parameter willConclude: the application's own record of how an attempt ended, made before Redis hears of it.
    ///   It is tried a few times; when it keeps failing the job runs again soon, without the conclusion being told.
    ///   It may be called again for the same attempt after a crash in between.
    public init(
        address: RedisAddress, namespace: String = "tern", handlers: Handlers, configuration: Configuration,
        willConclude: @escaping @Sendable (Attempt, Conclusion) async throws -> Void = { _, _ in }, logger: Logger
    ) {
        self.address = address
        self.handlers = handlers
        self.configuration = configuration
        self.willConclude = willConclude
        self.logger = logger
        keys = Keys(namespace: namespace)
        redis = RedisConnection(address, logger: logger)
        state = Mutex(Slots(incarnation: Incarnation.make(), queues: configuration.queues.count))
        queueIndices = Dictionary(
            configuration.queues.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Runs until graceful shutdown has drained it, or until its task is cancelled, which gives everything back at once.
    public func run() async throws {
        let control = RedisSubscriber(address, logger: logger) { [weak self] event in self?.obey(event) }
        let heartbeat = Heartbeat(self)
        let blocking = RedisBlockingConnection(address, logger: logger)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await warnOfDurability()
                await register(control)
                heartbeat.start()
                await withDiscardingTaskGroup { group in
                    group.addTask { await self.wakeLoop(blocking) }
                    await self.claimLoop(control, blocking)
                    self.idleness.raise()
                    blocking.closeNow()
                }
            } onGracefulShutdown: {
                self.drain(for: self.configuration.drain)
                blocking.closeNow()
            }
        } onCancel: {
            self.drain(for: .zero)
            blocking.closeNow()
        }
        await retire()
        // At once, since each may have to wait for a server that doesn't answer.
        await withDiscardingTaskGroup { group in
            group.addTask { await heartbeat.stop() }
            group.addTask { await control.close() }
            group.addTask { await self.redis.close() }
        }
    }

    /// Takes no new jobs, or takes them again; what runs goes on.
    public func quiet(_ isQuiet: Bool = true) {
        state.withLock { state in
            state.isQuiet = isQuiet
            state.announceWork()
        }
        news.raise()
    }

    /// Ends the drain early: what runs is cancelled and given back.
    public func giveBackNow() { drain(for: .zero) }

    /// Its end has begun: it claims nothing more.
    public var isDraining: Bool { state.withLock { $0.isDraining } }

    /// The incarnation that Redis knows it by.
    public var incarnation: String { state.withLock { $0.incarnation } }

    /// What runs now, with the time since each attempt started.
    public func running() -> [(attempt: Attempt, elapsed: Duration)] {
        let now = monotonicNanoseconds()
        return state.withLock { state in
            state.slots.values.map { ($0.job.attempt, .nanoseconds(now - $0.startedAt)) }
        }
    }

    private func drain(for limit: Duration) {
        let end = monotonicNanoseconds() + limit.nanoseconds
        state.withLock { state in
            if case .draining(let until) = state.phase, until <= end { return }
            state.phase = .draining(until: end)
        }
        news.raise()
        // Whatever still waits for Redis then is broken off, so that the runner ends in time.
        Task { [weak self] in
            try? await Task.sleep(for: limit + .nanoseconds(Self.patienceAfterDrain))
            self?.breakOff()
        }
    }

    private func breakOff() {
        redis.closeNow()
        news.raise()
    }

    private func warnOfDurability() async {
        do {
            for warning in try await redis.durabilityWarnings() {
                logger.critical("jobs are at risk", metadata: ["reason": "\(warning)"])
            }
        } catch {
            logger.error("the configuration of redis could not be read", metadata: ["error": "\(error)"])
        }
    }
}

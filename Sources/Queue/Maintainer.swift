import FoundationEssentials
public import Identifiers
public import Logging
import Metrics
public import Redis
public import ServiceLifecycle

/// Keeps a queue moving: makes due jobs ready, brings back the jobs of dead workers, prunes. Runs in every worker;
/// any number may run.
public struct Maintainer: Service {
    /// A job that ended without a handler: the application brings its own records up to date.
    public enum Ending: Sendable, Equatable {
        /// Its worker died with it too often (`worker_died_repeatedly`).
        case buried(JobFailure)
        /// It was being cancelled when its worker died.
        case cancelled
    }

    package let queue: JobQueue
    private let address: RedisAddress
    private let configuration: Configuration
    private let didEnd: @Sendable (JobID, Ending) async throws -> Void
    private let logger: Logger

    /// - Parameter didEnd: called until it doesn't throw, so perhaps more than once for a job.
    public init(
        address: RedisAddress, namespace: String = "tern", configuration: Configuration = Configuration(),
        didEnd: @escaping @Sendable (JobID, Ending) async throws -> Void = { _, _ in }, logger: Logger
    ) {
        queue = JobQueue(redis: RedisConnection(address, logger: logger), namespace: namespace)
        self.address = address
        self.configuration = configuration
        self.didEnd = didEnd
        self.logger = logger
    }

    /// Runs until graceful shutdown or cancellation.
    public func run() async throws {
        let blocking = RedisBlockingConnection(address, logger: logger)
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                await withDiscardingTaskGroup { group in
                    group.addTask { await promoteLoop(blocking) }
                    group.addTask { await reapLoop() }
                    group.addTask { await pruneLoop() }
                    group.addTask { await gaugeLoop() }
                }
            } onCancel: {
                blocking.closeNow()
            }
        }
        await blocking.close()
        await queue.redis.close()
    }

    // MARK: Due jobs

    /// Sleeps until the next job is due; an earlier one that is scheduled in the meantime rings.
    private func promoteLoop(_ blocking: RedisBlockingConnection) async {
        while !Task.isCancelled {
            do {
                let result = try await promote()
                if result.isMore { continue }
                let wait = min(5000, max(1, result.millisecondsToNext ?? 5000))
                _ = try await blocking.send(
                    RedisCommand("BZPOPMIN", .text(queue.keys.due), .number(Double(wait) / 1000)),
                    waitingUpTo: .milliseconds(wait))
            } catch {
                await pause(after: error, "due jobs could not be made ready")
            }
        }
    }

    /// Makes up to 500 due jobs of each kind of waiting ready.
    package func promote() async throws -> (moved: Int, isMore: Bool, millisecondsToNext: Int64?) {
        let reply =
            try await queue.redis.evaluate(
                Scripts.promote, keys: [queue.keyPrefix], arguments: [500]
            ).array?.compactMap(\.integer) ?? []
        guard reply.count == 4 else { throw RedisError.unexpectedReply("promote") }
        return (Int(reply[0]), reply[1] == 1, reply[2] < 0 ? nil : reply[2])
    }

    // MARK: Dead workers

    private func reapLoop() async {
        var clock = LeaseClock(lease: configuration.lease)
        let pause = min(.seconds(1), configuration.lease / 8)
        while !Task.isCancelled {
            do {
                let isSure = clock.observe(
                    redis: try await queue.redisMilliseconds(), own: monotonicNanoseconds())
                while try await reap(mayDeclareDead: isSure) > 0, !Task.isCancelled {}
                try await deliverNotices()
                try await Task.sleep(for: pause)
            } catch {
                clock.missedAnswer()
                await self.pause(after: error, "dead workers could not be looked for")
            }
        }
    }

    /// Brings back a slice of the jobs of dead workers.
    ///
    /// - Returns: the workers that are still to be emptied.
    package func reap(mayDeclareDead: Bool) async throws -> Int {
        let reply =
            try await queue.redis.evaluate(
                Scripts.reap, keys: [queue.keyPrefix],
                arguments: [
                    mayDeclareDead ? "1" : "0", 100, .integer(configuration.poisonLimit),
                    .integer(configuration.poisonWindow.milliseconds), .integer(JobQueue.keepsEnded),
                    .integer(configuration.deadRetention.milliseconds), .integer(configuration.deadLimit),
                ]
            ).array?.compactMap(\.integer) ?? []
        guard reply.count == 5 else { throw RedisError.unexpectedReply("reap") }
        if reply[0] > 0 || reply[1] > 0 || reply[2] > 0 {
            logger.error(
                "a worker died",
                metadata: [
                    "workers": "\(reply[0])", "jobs.recovered": "\(reply[1])", "jobs.buried": "\(reply[2])",
                ])
            Counter(label: "queue_workers_died_total").increment(by: reply[0])
            Counter(label: "queue_jobs_poisonous_total").increment(by: reply[2])
        }
        return Int(reply[4])
    }

    /// Tells the application of jobs that ended without a handler.
    package func deliverNotices() async throws {
        let notices = try await queue.redis.send("HGETALL", .text(queue.keys.notices)).array ?? []
        for index in stride(from: 0, to: notices.count - 1, by: 2) {
            guard let bytes = notices[index].bytes, let id = JobID(bytes: bytes[...]) else { continue }
            let failure = JobFailure(
                code: "worker_died_repeatedly", message: "the worker died again and again while it ran this job")
            do {
                try await didEnd(id, notices[index + 1].string == "buried" ? .buried(failure) : .cancelled)
            } catch {
                logger.error("an ended job could not be recorded", metadata: ["job.id": "\(id)", "error": "\(error)"])
                continue
            }
            _ = try await queue.redis.send("HDEL", .text(queue.keys.notices), .bytes(bytes))
        }
    }

    // MARK: Old things

    private func pruneLoop() async {
        while !Task.isCancelled {
            do {
                while try await prune() == 500, !Task.isCancelled {}
                try await Task.sleep(for: .seconds(60))
            } catch {
                await pause(after: error, "old dead jobs could not be forgotten")
            }
        }
    }

    package func prune() async throws -> Int {
        let reply = try await queue.redis.evaluate(
            Scripts.prune, keys: [queue.keyPrefix],
            arguments: [.integer(configuration.deadRetention.milliseconds), 500])
        return Int(reply.integer ?? 0)
    }

    // MARK: Gauges

    private func gaugeLoop() async {
        while !Task.isCancelled {
            do {
                for status in try await queue.queues() {
                    let label = [("queue", status.name)]
                    Gauge(label: "queue_depth", dimensions: label).record(status.depth)
                    Gauge(label: "queue_latency_seconds", dimensions: label).record(status.latencySeconds)
                    Gauge(label: "queue_running", dimensions: label).record(status.running)
                }
                let counts = try await queue.counts()
                Gauge(label: "queue_scheduled").record(counts.scheduled)
                Gauge(label: "queue_retrying").record(counts.retrying)
                Gauge(label: "queue_dead").record(counts.dead)
                try await Task.sleep(for: .seconds(5))
            } catch {
                await pause(after: error, "the queues could not be measured")
            }
        }
    }

    private func pause(after error: any Error, _ what: Logger.Message) async {
        if Task.isCancelled || error is CancellationError { return }
        logger.warning(what, metadata: ["error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
    }
}

import Foundation
import Logging
import Queue
import Redis
import ServiceLifecycle
import UnixSignals

/// A job that does nothing; its payload of 100 bytes is JSON and is decoded, as that of every job.
struct NoOp: Job {
    static let kind = "noop"
    static let policy = JobPolicy(queue: "bench", isTracked: false, maximumAttempts: 5, timeLimit: .seconds(60))
    static let payloadBytes = 100
    private static let text = String(repeating: "x", count: payloadBytes - 13)
    var filler = text
}

/// A worker process of a measurement: this program, started again.
struct BenchWorker {
    static let slots = 256
    private let process: Child

    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 3, let slots = Int(arguments[2]) else {
            throw UsageError(description: "worker <address> <namespace> <slots>")
        }
        var handlers = Handlers()
        handlers.on(NoOp.self) { _, _ in }
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let runner = JobRunner(
            address: try RedisAddress(parsing: arguments[0]), namespace: arguments[1], handlers: handlers,
            configuration: .init(queues: [QueueWeight("bench")], concurrency: slots), logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: runner)], gracefulShutdownSignals: [.sigterm], logger: logger))
        try await group.run()
    }

    init(_ server: BenchServer) throws {
        process = try Child("/proc/self/exe", ["worker", server.address.description, "bench", "\(Self.slots)"])
    }

    var cpuSeconds: Double { process.cpuSeconds }

    func stop() { process.stop() }
}

/// Fills a paused queue and times how fast it is emptied.
struct Drain {
    let seconds: Double
    let serverCPU: Double
    let workerCPU: Double

    /// - Parameter until: the clock stops when so many are left.
    static func run(_ server: BenchServer, workers count: Int, jobs: Int, until rest: Int = 0) async throws -> Drain {
        try await server.queue.pause(queue: "bench")
        try await fill(server, jobs: jobs)
        let workers = try (0..<count).map { _ in try BenchWorker(server) }
        defer { for worker in workers { worker.stop() } }
        while try await server.queue.workers().count < count { try await Task.sleep(for: .milliseconds(5)) }
        return try await time(server, workers, until: rest)
    }

    static func fill(_ server: BenchServer, jobs: Int) async throws {
        for start in stride(from: 0, to: jobs, by: 10_000) {
            _ = try await server.queue.enqueue((start..<min(jobs, start + 10_000)).map { _ in try NewJob(NoOp()) })
        }
    }

    static func time(_ server: BenchServer, _ workers: [BenchWorker], until rest: Int) async throws -> Drain {
        let names = try await server.queue.workers().map(\.incarnation)
        let prefix = server.queue.keyPrefix
        let questions =
            [RedisCommand("LLEN", .text(prefix + "q:bench:1"))]
            + names.map { RedisCommand("HLEN", .text(prefix + "inflight:" + $0)) }
        let serverBefore = server.cpuSeconds()
        let workersBefore = workers.reduce(0) { $0 + $1.cpuSeconds }
        let clock = ContinuousClock()
        let start = clock.now
        try await server.queue.resume(queue: "bench")
        while true {
            let left = try await server.redis.send(questions).reduce(0) { $0 + Int(try $1.get().integer ?? 0) }
            if left <= rest { break }
            try await Task.sleep(for: .milliseconds(left - rest > 20_000 ? 20 : 1))
        }
        let elapsed = (clock.now - start) / .seconds(1)
        return Drain(
            seconds: elapsed, serverCPU: server.cpuSeconds() - serverBefore,
            workerCPU: workers.reduce(0) { $0 + $1.cpuSeconds } - workersBefore)
    }
}

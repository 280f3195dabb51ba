import Foundation
import Logging
import Queue
import ServiceLifecycle
import Synchronization

/// Line 3: from the call of enqueue to the first line of the handler, when the worker is idle.
enum PickupLine: BenchLine {
    static let number = 3

    private struct Timed: Job {
        static let kind = "timed"
        static let policy = JobPolicy(queue: "bench", isTracked: false, timeLimit: .seconds(10))
        /// Nanoseconds on the monotonic clock.
        var sentAt: UInt64
    }

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let samples = options.count(1000, quick: 250)
        let delays = Delays()
        var handlers = Handlers()
        handlers.on(Timed.self) { job, _ in
            delays.add(Double(DispatchTime.now().uptimeNanoseconds - job.sentAt) / 1e6)
        }
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let runner = JobRunner(
            address: server.address, namespace: "bench", handlers: handlers,
            configuration: .init(queues: [QueueWeight("bench")], concurrency: 8), logger: logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: runner)], logger: logger))
        let run = Task { try await group.run() }
        for number in 0..<samples + 20 {
            if number == 20 { delays.forget() }
            _ = try await server.queue.enqueue(NewJob(Timed(sentAt: DispatchTime.now().uptimeNanoseconds)))
            try await Task.sleep(for: .milliseconds(20))
        }
        await group.triggerGracefulShutdown()
        try await run.value
        return [
            Figure(name: "pickup by an idle worker, p50", value: delays.percentile(50), unit: "ms"),
            Figure(name: "pickup by an idle worker, p99", value: delays.percentile(99), unit: "ms"),
        ]
    }

    private final class Delays: Sendable {
        private let values = Mutex<[Double]>([])

        func add(_ value: Double) { values.withLock { $0.append(value) } }
        func forget() { values.withLock { $0 = [] } }

        func percentile(_ percent: Int) -> Double {
            let sorted = values.withLock { $0.sorted() }
            return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
        }
    }
}

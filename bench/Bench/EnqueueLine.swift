import Queue

/// Line 2: enqueueing in bulk, from many tasks, and from one that awaits each.
enum EnqueueLine: BenchLine {
    static let number = 2
    private static let tasks = 100

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let queue = server.queue
        let bulk = options.count(200_000, quick: 50_000)
        let bulkRate = try await rate(bulk) {
            for _ in 0..<bulk / 500 {
                _ = try await queue.enqueue((0..<500).map { _ in try NewJob(NoOp()) })
            }
        }
        let shared = options.count(200_000, quick: 50_000)
        let sharedRate = try await rate(shared) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask {
                        for _ in 0..<shared / tasks { _ = try await queue.enqueue(NewJob(NoOp())) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let single = options.count(20_000, quick: 5_000)
        let singleRate = try await rate(single) {
            for _ in 0..<single { _ = try await queue.enqueue(NewJob(NoOp())) }
        }
        let floor = try server.floor("lpush", requests: single)
        return [
            Figure(name: "enqueue, bulk of 500", value: bulkRate, unit: "jobs/s"),
            Figure(name: "enqueue, 100 awaiting tasks", value: sharedRate, unit: "jobs/s"),
            Figure(
                name: "enqueue, one awaiting task", value: singleRate, unit: "jobs/s",
                peer: "redis-benchmark -c 1 -P 1 LPUSH", peerValue: floor),
        ]
    }

    private static func rate(_ count: Int, _ body: () async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        return Double(count) / ((clock.now - start) / .seconds(1))
    }
}

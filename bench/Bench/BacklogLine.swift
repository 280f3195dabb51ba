import Queue

/// Line 7: draining with a large backlog behind against a small one.
enum BacklogLine: BenchLine {
    static let number = 7
    static let isRepeated = false

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let backlog = options.count(1_000_000, quick: 200_000)
        let part = options.count(200_000, quick: 50_000)
        // The large one is timed while most of it is still there.
        let large = try await Drain.run(server, workers: 1, jobs: backlog, until: backlog - part)
        let other = try await BenchServer.start()
        let rounds = part / 1000
        try await other.queue.pause(queue: "bench")
        let worker = try BenchWorker(other)
        defer { worker.stop() }
        while try await other.queue.workers().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        var seconds = 0.0
        for _ in 0..<rounds {
            try await other.queue.pause(queue: "bench")
            try await Drain.fill(other, jobs: 1000)
            seconds += try await Drain.time(other, [worker], until: 0).seconds
        }
        worker.stop()
        await other.stop()
        return [
            Figure(
                name: "drain with \(backlog) pending", value: Double(part) / large.seconds, unit: "jobs/s",
                peer: "with 1000 pending", peerValue: Double(rounds * 1000) / seconds)
        ]
    }
}

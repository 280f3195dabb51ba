import Queue

/// Line 4: what a pending untracked job costs Redis beyond its payload.
enum MemoryLine: BenchLine {
    static let number = 4

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let jobs = options.count(200_000, quick: 100_000)
        _ = try await server.queue.enqueue(NewJob(NoOp()))
        let before = try await server.usedMemory()
        try await Drain.fill(server, jobs: jobs)
        let bytes = Double(try await server.usedMemory() - before) / Double(jobs)
        return [
            Figure(
                name: "memory of a pending job beyond its payload", value: bytes - Double(NoOp.payloadBytes), unit: "B")
        ]
    }
}

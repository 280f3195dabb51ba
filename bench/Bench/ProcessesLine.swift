import Queue

/// Line 8: two worker processes against one.
enum ProcessesLine: BenchLine {
    static let number = 8
    static let isRepeated = false

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let jobs = options.count(200_000, quick: 50_000)
        let one = try await Drain.run(server, workers: 1, jobs: jobs)
        let two = try await Drain.run(server, workers: 2, jobs: jobs)
        return [
            Figure(
                name: "drain, two worker processes", value: Double(jobs) / two.seconds, unit: "jobs/s",
                peer: "one process", peerValue: Double(jobs) / one.seconds)
        ]
    }
}

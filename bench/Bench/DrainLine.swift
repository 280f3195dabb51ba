/// Line 1: no-op jobs drained by one worker process.
enum DrainLine: BenchLine {
    static let number = 1

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let jobs = options.count(200_000, quick: 50_000)
        let drain = try await Drain.run(server, workers: 1, jobs: jobs)
        let each = 1_000_000 / Double(jobs)
        return [
            Figure(name: "drain, one worker process", value: Double(jobs) / drain.seconds, unit: "jobs/s"),
            Figure(name: "drain, CPU of the worker", value: drain.workerCPU * each, unit: "µs/job"),
            Figure(name: "drain, CPU of Redis", value: drain.serverCPU * each, unit: "µs/job"),
        ]
    }
}

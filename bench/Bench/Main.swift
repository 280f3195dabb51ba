import Foundation

/// Measures Tern's lines of speed and size: `bench [LINES=1,2,…] [--quick]`.
///
/// Prints a table and appends JSON lines to `bench/results.jsonl`. With `worker <address> <namespace> <slots>` as
/// arguments it is a worker process of a measurement instead.
@main
struct Main {
    static var lines: [any BenchLine.Type] {
        [
            DrainLine.self, EnqueueLine.self, PickupLine.self, MemoryLine.self, ChatPostLine.self, ResidentLine.self,
            BacklogLine.self, ProcessesLine.self,
        ]
    }

    static func main() async throws {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "worker" { return try await BenchWorker.run(Array(arguments.dropFirst())) }
        let options = try Options(arguments)
        let report = Report(options)
        try report.begin()
        for line in lines where options.includes(line.number) {
            let runs = line.isRepeated ? options.runs : 1
            var rounds: [[Figure]] = []
            for _ in 0..<runs {
                let server = try await BenchServer.start()
                rounds.append(try await line.measure(server, options))
                await server.stop()
            }
            try report.add(line.number, rounds)
        }
        report.end()
    }
}

/// One line of the table in the performance page.
protocol BenchLine {
    static var number: Int { get }
    /// Measured several times, each on a fresh server; the median counts.
    static var isRepeated: Bool { get }
    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure]
}

extension BenchLine {
    static var isRepeated: Bool { true }
}

/// One measured number, perhaps beside that of a peer or a floor measured in the same run.
struct Figure {
    let name: String
    let value: Double
    let unit: String
    var peer: String?
    var peerValue: Double?
}

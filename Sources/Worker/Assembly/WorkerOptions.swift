import Jobs
package import Queue

/// What the command line of a worker says.
package struct WorkerOptions: Sendable, Equatable {
    package var queues: [QueueWeight]
    package var concurrency: Int

    package init(queues: [QueueWeight], concurrency: Int) {
        self.queues = queues
        self.concurrency = concurrency
    }

    package static let standard = WorkerOptions(
        queues: JobQueues.defaultWeights.map { name, weight in
            QueueWeight(name, weight: weight, limit: JobQueues.standardLimits[name])
        }, concurrency: 64)

    package enum Parsed: Sendable, Equatable {
        case run(WorkerOptions)
        case help
        case version
    }

    /// - Throws: ``WorkerOptionsError`` with one line for the operator.
    package static func parse(_ arguments: [String]) throws(WorkerOptionsError) -> Parsed {
        var weights = JobQueues.defaultWeights
        var limits = JobQueues.standardLimits
        var concurrency = standard.concurrency
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func value() throws(WorkerOptionsError) -> String {
                if parts.count == 2 { return String(parts[1]) }
                guard let value = rest.popFirst() else { throw .missingValue(argument) }
                return value
            }
            switch parts[0] {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--queues": weights = try queues(value())
            case "--limit": for (name, limit) in try numbers(value(), of: "--limit") { limits[name] = limit }
            case "--concurrency":
                let text = try value()
                guard let number = Int(text), (1...10_000).contains(number) else {
                    throw .malformed("--concurrency", text)
                }
                concurrency = number
            default: throw .unknown(argument)
            }
        }
        return .run(
            WorkerOptions(
                queues: weights.map { QueueWeight($0.name, weight: $0.weight, limit: limits[$0.name]) },
                concurrency: concurrency))
    }

    private static func queues(_ text: String) throws(WorkerOptionsError) -> [(name: String, weight: Int)] {
        var queues: [(name: String, weight: Int)] = []
        for part in text.split(separator: ",") {
            if part.contains("=") {
                queues += try numbers(String(part), of: "--queues").map { (name: $0.0, weight: $0.1) }
            } else {
                queues.append((String(part), 1))
            }
        }
        guard !queues.isEmpty else { throw .malformed("--queues", text) }
        if let unknown = queues.first(where: { !JobQueues.all.contains($0.name) }) { throw .unknownQueue(unknown.name) }
        return queues
    }

    private static func numbers(_ text: String, of option: String) throws(WorkerOptionsError) -> [(String, Int)] {
        var found: [(String, Int)] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let number = Int(pair[1]), number > 0 else { throw .malformed(option, text) }
            guard JobQueues.all.contains(String(pair[0])) else { throw .unknownQueue(String(pair[0])) }
            found.append((String(pair[0]), number))
        }
        guard !found.isEmpty else { throw .malformed(option, text) }
        return found
    }

    package static let help = """
        worker: runs the jobs of Tern.

        USAGE: worker [--queues <queue=weight,…>] [--concurrency <n>] [--limit <queue=n,…>]

        --queues       the queues to serve and their weights
                       (default: answers=6,mail=3,ingestion=2,embedding=2,maintenance=1)
        --concurrency  how many jobs run at once (default: 64)
        --limit        how many jobs of a queue run at once in this process
                       (default: embedding=1,ingestion=2,maintenance=2)
        --help, --version

        Configured by the environment and .env (see .env.example). SIGTERM and SIGINT end it after the running jobs, or
        give them back when the drain time is over; SIGTSTP makes it take no new ones.
        """
}

/// What is wrong with the command line.
package enum WorkerOptionsError: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case missingValue(String)
    case malformed(String, String)
    case unknownQueue(String)

    package var description: String {
        switch self {
        case .unknown(let option): "\(option): unknown option; see worker --help"
        case .missingValue(let option): "\(option): a value is missing; see worker --help"
        case .malformed(let option, let value): "\(option) \(value): can't be read; see worker --help"
        case .unknownQueue(let name): "\(name): no such queue; write one of \(JobQueues.all.joined(separator: ", "))"
        }
    }
}

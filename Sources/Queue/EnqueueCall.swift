import Redis

/// Jobs of several callers for one run of the enqueue script.
struct EnqueueCall: Sendable {
    struct Caller: Sendable {
        let jobs: [PreparedJob]
        let continuation: CheckedContinuation<[Enqueued], any Error>
    }

    let callers: [Caller]
    var tries = 0
    /// For every code of the reply: whose job it tells of.
    private let codes: [(caller: Int, job: Int)]
    private let groups: [(list: PreparedJob.List, jobs: Group)]
    private let producer: String
    private let number: Int64
    private let prefix: String

    init(_ callers: [Caller], producer: String, number: Int64, prefix: String) {
        self.callers = callers
        var groups: [PreparedJob.List: Group] = [:]
        var order: [PreparedJob.List] = []
        for (index, caller) in callers.enumerated() {
            for (position, job) in caller.jobs.enumerated() {
                if groups[job.list] == nil { order.append(job.list) }
                groups[job.list, default: Group()].add(job, caller: index, position: position)
            }
        }
        self.groups = order.compactMap { list in groups[list].map { (list, $0) } }
        codes = self.groups.flatMap(\.jobs.owners)
        self.producer = producer
        self.number = number
        self.prefix = prefix
    }

    func command(script hash: String) -> RedisCommand {
        let words = groups.reduce(3 + 1 + 3) { $0 + 4 + $1.jobs.inline.count + 4 * $1.jobs.hashed.count }
        let size = groups.reduce(256) { $0 + $1.jobs.size + 128 }
        var encoder = RedisEncoder(words: words, reserving: size)
        encoder.append("EVALSHA")
        encoder.append(hash)
        encoder.append(1)
        encoder.append(prefix)
        encoder.append(producer)
        encoder.append(number)
        encoder.append(groups.count)
        for (list, group) in groups {
            encoder.append(list.queue)
            encoder.append(list.priority.rawValue)
            encoder.append(group.inline.count)
            encoder.append(group.hashed.count)
            for job in group.inline { encoder.append(words: job.words) }
            for job in group.hashed { encoder.append(words: job.words) }
        }
        return RedisCommand(encoder)
    }

    func succeed(_ reply: RedisValue) {
        var answers = callers.map { Array(repeating: Enqueued.accepted, count: $0.jobs.count) }
        for (code, owner) in zip(reply.array ?? [], codes) where code.integer == 0 {
            answers[owner.caller][owner.job] = .alreadyKnown
        }
        for (caller, answer) in zip(callers, answers) { caller.continuation.resume(returning: answer) }
    }

    func fail(_ error: any Error) {
        for caller in callers { caller.continuation.resume(throwing: error) }
    }

    private struct Group {
        var inline: [PreparedJob] = []
        var hashed: [PreparedJob] = []
        var owners: [(Int, Int)] = []
        var size = 0

        mutating func add(_ job: PreparedJob, caller: Int, position: Int) {
            size += job.words.count
            if job.isHashed {
                hashed.append(job)
                owners.append((caller, position))
            } else {
                inline.append(job)
            }
        }
    }
}

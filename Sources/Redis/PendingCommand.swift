/// Bytes to send and whoever waits for their replies.
struct PendingCommand: Sendable {
    typealias Reply = Result<RedisValue, RedisError>

    enum Completion: Sendable {
        case one(CheckedContinuation<RedisValue, any Error>)
        case many(CheckedContinuation<[Reply], Never>)
        /// Called on the connection's thread.
        case callback(@Sendable (Reply) -> Void)
    }

    let bytes: [UInt8]
    let replyCount: Int
    /// Nanoseconds from sending to the last moment for the reply.
    let patience: Int64
    let completion: Completion

    func fail(_ error: RedisError) {
        complete(Array(repeating: .failure(error), count: replyCount))
    }

    func complete(_ replies: [Reply]) {
        switch completion {
        case .one(let continuation):
            switch replies[0] {
            case .success(let value): continuation.resume(returning: value)
            case .failure(let error): continuation.resume(throwing: error)
            }
        case .many(let continuation): continuation.resume(returning: replies)
        case .callback(let function): function(replies[0])
        }
    }
}

/// Sent commands in the order of their replies. Owned by the connection's thread.
struct SentCommands {
    private var commands: [PendingCommand] = []
    private var deadlines: [Int64] = []
    private var first = 0
    private var partial: [PendingCommand.Reply] = []
    /// When a command was sent last.
    private(set) var lastActivity: Int64 = 0

    var isEmpty: Bool { first == commands.count }

    /// When the oldest must have been answered.
    var deadline: Int64? { isEmpty ? nil : deadlines[first] }

    mutating func append(_ command: PendingCommand, at now: Int64) {
        commands.append(command)
        deadlines.append(now &+ command.patience)
        lastActivity = now
    }

    /// - Returns: false when nothing was asked, so that the stream is out of step.
    mutating func receive(_ reply: PendingCommand.Reply) -> Bool {
        guard !isEmpty else { return false }
        let command = commands[first]
        if command.replyCount == 1 {
            advance()
            command.complete([reply])
            return true
        }
        partial.append(reply)
        if partial.count == command.replyCount {
            let replies = partial
            partial = []
            advance()
            command.complete(replies)
        }
        return true
    }

    mutating func failAll(_ error: RedisError) {
        let lost = commands[first...]
        commands = []
        deadlines = []
        first = 0
        partial = []
        for command in lost { command.fail(error) }
    }

    private mutating func advance() {
        first += 1
        if first == commands.count {
            commands.removeAll(keepingCapacity: true)
            deadlines.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1024, first * 2 > commands.count {
            commands.removeFirst(first)
            deadlines.removeFirst(first)
            first = 0
        }
    }
}

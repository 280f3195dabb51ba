/// Why a command gave no reply.
public enum RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The server answered with an error, such as `WRONGTYPE …`; the connection is fine.
    case server(String)
    /// No connection could be made; the command was not sent.
    case unreachable(String)
    /// The connection broke after the command was queued; the server may or may not have run it.
    case connectionLost(String)
    /// No reply in time; the connection was dropped, and the server may or may not have run the command.
    case timedOut
    /// ``RedisConnection/close()`` was called.
    case closed
    /// The reply has another shape than the caller expects.
    case unexpectedReply(String)

    public var description: String {
        switch self {
        case .server(let message): "redis answered: \(message)"
        case .unreachable(let reason): "redis can't be reached: \(reason)"
        case .connectionLost(let reason): "the connection to redis broke: \(reason)"
        case .timedOut: "redis did not answer in time"
        case .closed: "the connection to redis is closed"
        case .unexpectedReply(let what): "unexpected reply of redis: \(what)"
        }
    }

    /// The command may have been run although no reply came.
    public var isAmbiguous: Bool {
        switch self {
        case .connectionLost, .timedOut: true
        case .server, .unreachable, .closed, .unexpectedReply: false
        }
    }

    /// The same command may succeed later.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .connectionLost, .timedOut: true
        case .server(let message):
            message.hasPrefix("LOADING") || message.hasPrefix("READONLY") || message.hasPrefix("BUSY")
                || message.hasPrefix("MASTERDOWN") || message.hasPrefix("OOM") || message.hasPrefix("TRYAGAIN")
        case .closed, .unexpectedReply: false
        }
    }
}

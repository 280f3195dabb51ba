import Synchronization

/// A Lua script, run by the name that the server gave it and loaded when the server doesn't know it.
public struct RedisScript: Sendable {
    /// For messages only.
    public let name: String
    public let source: [UInt8]
    private let hash = Hash()

    public init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
    }

    public init(name: String, source: String) {
        self.init(name: name, source: Array(source.utf8))
    }

    /// What SCRIPT LOAD answered: the hash of the source, the same at every server. Nil before the first load.
    package var knownHash: String? { hash.value.withLock { $0 } }

    package var load: RedisCommand { RedisCommand("SCRIPT", "LOAD", .bytes(source)) }

    /// Takes the answer to ``load``.
    @discardableResult
    package func learn(from reply: RedisValue) throws(RedisError) -> String {
        guard let text = reply.string else { throw .unexpectedReply("SCRIPT LOAD") }
        hash.value.withLock { $0 = text }
        return text
    }

    private final class Hash: Sendable {
        let value = Mutex<String?>(nil)
    }
}

/// A Lua script, run by its SHA-1 and loaded when the server doesn't know it.
public struct RedisScript: Sendable {
    /// For messages only.
    public let name: String
    public let source: [UInt8]
    /// The lower-case hexadecimal SHA-1 of the source.
    public let sha: String

    public init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
        self.sha = SHA1.hexadecimal(source)
    }

    public init(name: String, source: String) {
        self.init(name: name, source: Array(source.utf8))
    }
}

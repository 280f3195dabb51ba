/// One word of a command: text, bytes or a number.
public enum RedisArgument: Sendable, Hashable {
    case text(String)
    case bytes([UInt8])
    case integer(Int64)

    public static func integer(_ value: Int) -> RedisArgument { .integer(Int64(value)) }
    public static func number(_ value: Double) -> RedisArgument { .text("\(value)") }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

/// A command, already encoded as the bytes of its RESP array.
public struct RedisCommand: Sendable {
    package let encoded: [UInt8]

    public init(_ words: [RedisArgument]) {
        var encoder = RedisEncoder(words: words.count, reserving: 32 * words.count)
        for word in words { encoder.append(word) }
        encoded = encoder.bytes
    }

    public init(_ name: String, _ arguments: RedisArgument...) {
        self.init([.text(name)] + arguments)
    }

    package init(_ encoder: RedisEncoder) {
        encoded = encoder.bytes
    }
}

/// A reply of the server. An error reply is thrown, never a value.
public enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case bytes([UInt8])
    case status(String)
    case array([RedisValue])
}

extension RedisValue {
    public var isNull: Bool { self == .null }

    /// The number in an integer, or in bytes that spell one.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes, .status: string.flatMap { Int64($0) }
        case .null, .array: nil
        }
    }

    public var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let text): Array(text.utf8)
        case .integer(let value): Array(String(value).utf8)
        case .null, .array: nil
        }
    }

    /// Bytes as UTF-8 text, repaired where they are not.
    public var string: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer(let value): String(value)
        case .null, .array: nil
        }
    }

    public var array: [RedisValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The field → value pairs of a flat reply such as that of HGETALL.
    public var dictionary: [String: RedisValue] {
        let values = array ?? []
        var result: [String: RedisValue] = [:]
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            guard let name = values[index].string else { continue }
            result[name] = values[index + 1]
        }
        return result
    }
}

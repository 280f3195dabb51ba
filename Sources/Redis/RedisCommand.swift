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

/// Writes the words of one command; as many as were announced must follow.
package struct RedisEncoder: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(words: Int, reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity + 16)
        header(UInt8(ascii: "*"), words)
    }

    package mutating func append(_ word: RedisArgument) {
        switch word {
        case .text(let text): append(text)
        case .bytes(let bytes): append(bytes)
        case .integer(let value): append(value)
        }
    }

    package mutating func append(_ text: String) {
        let view = text.utf8
        header(UInt8(ascii: "$"), view.count)
        bytes.append(contentsOf: view)
        endLine()
    }

    package mutating func append(_ word: [UInt8]) {
        header(UInt8(ascii: "$"), word.count)
        bytes.append(contentsOf: word)
        endLine()
    }

    package mutating func append(_ value: some FixedWidthInteger) {
        let digits = DecimalDigits(Int64(value))
        header(UInt8(ascii: "$"), digits.count)
        digits.append(to: &bytes)
        endLine()
    }

    /// A word of `count` bytes that the closure appends in place.
    package mutating func append(count: Int, _ write: (inout [UInt8]) -> Void) {
        header(UInt8(ascii: "$"), count)
        write(&bytes)
        endLine()
    }

    private mutating func header(_ mark: UInt8, _ count: Int) {
        bytes.append(mark)
        DecimalDigits(Int64(count)).append(to: &bytes)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// The decimal digits of a number, without a `String`.
struct DecimalDigits {
    private let value: Int64
    let count: Int

    init(_ value: Int64) {
        self.value = value
        var count = value < 0 ? 2 : 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        self.count = count
    }

    func append(to bytes: inout [UInt8]) {
        if (0..<10).contains(value) {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "-"), count: count))
        var rest = value.magnitude
        var position = start + count - 1
        repeat {
            bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            position -= 1
        } while rest > 0
    }
}

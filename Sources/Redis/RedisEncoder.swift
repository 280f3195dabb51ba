/// Writes the words of one command; as many as were announced must follow.
package struct RedisEncoder: Sendable {
    private var words: RedisWords

    package init(words count: Int, reserving capacity: Int = 0) {
        words = RedisWords(reserving: capacity + 16)
        words.header(UInt8(ascii: "*"), count)
    }

    package var bytes: [UInt8] { words.bytes }

    package mutating func append(_ word: RedisArgument) { words.append(word) }
    package mutating func append(_ text: String) { words.append(text) }
    package mutating func append(_ bytes: [UInt8]) { words.append(bytes) }
    package mutating func append(_ value: some FixedWidthInteger) { words.append(value) }
    /// Words that were encoded before.
    package mutating func append(words encoded: [UInt8]) { words.append(encoded: encoded) }
}

/// Words in RESP, to become part of a command.
package struct RedisWords: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

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

    mutating func append(encoded words: [UInt8]) { bytes.append(contentsOf: words) }

    mutating func header(_ mark: UInt8, _ count: Int) {
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

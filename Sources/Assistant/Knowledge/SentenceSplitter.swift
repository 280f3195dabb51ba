/// Where the sentences of a text lie, in UTF-8 bytes.
///
/// A sentence ends at `. ! ?` (or their ideographic kin) and what closes behind it, when white space and no lower-case
/// letter follows and the word before is no abbreviation; at a blank line; and before a list item, a heading or a table
/// row. Every sentence is trimmed of white space; together they cover all of the text but that.
package enum SentenceSplitter {
    package static func sentences(in text: some Collection<UInt8>) -> [Range<Int>] {
        var scanner = Scanner(Array(text))
        scanner.run()
        return scanner.ranges
    }

    /// The sentences as strings.
    package static func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return sentences(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}

private struct Scanner {
    let bytes: [UInt8]
    private(set) var ranges: [Range<Int>] = []
    private var start = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func run() {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == .newline {
                if endsBlock(atNewline: position) { close(at: position) }
                position += 1
            } else if let end = terminatorEnd(at: position) {
                if endsSentence(terminator: position, end) { close(at: end) }
                position = end
            } else {
                position += 1
            }
        }
        close(at: bytes.count)
    }

    private mutating func close(at end: Int) {
        var first = start
        var last = end
        while first < last, bytes[first].isSpace { first += 1 }
        while last > first, bytes[last - 1].isSpace { last -= 1 }
        if first < last { ranges.append(first..<last) }
        start = end
    }

    /// Behind a terminator and whatever closes after it; nil when none is here.
    private func terminatorEnd(at position: Int) -> Int? {
        var end = position
        switch bytes[position] {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): end += 1
        case 0xE3 where matches([0xE3, 0x80, 0x82], at: position): end += 3
        case 0xEF where matches([0xEF, 0xBC, 0x81], at: position) || matches([0xEF, 0xBC, 0x9F], at: position): end += 3
        default: return nil
        }
        while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"),
                UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "`"):
                end += 1
            case 0xE2 where matches([0xE2, 0x80, 0x9D], at: end) || matches([0xE2, 0x80, 0x99], at: end): end += 3
            default: return end
            }
        }
        return end
    }

    private func endsSentence(terminator: Int, _ end: Int) -> Bool {
        // Ideographic full stops need no space.
        guard bytes[terminator] < 0x80 else { return true }
        guard end < bytes.count else { return true }
        guard bytes[end].isSpace else { return false }
        var next = end
        while next < bytes.count, bytes[next].isSpace { next += 1 }
        guard next < bytes.count else { return true }
        if bytes[next].isLowerCase || terminator == 0 || bytes[terminator - 1].isSpace { return false }
        return bytes[terminator] != UInt8(ascii: ".") || end > terminator + 1 || !isAbbreviation(before: terminator)
    }

    private static let abbreviations: Set<String> = [
        "e.g", "i.e", "etc", "vs", "cf", "mr", "mrs", "ms", "dr", "prof", "st", "no", "fig", "eq", "sec", "ch", "vol",
        "pp", "approx", "resp", "incl", "al", "jr", "sr", "inc", "ltd", "co",
    ]

    private func isAbbreviation(before terminator: Int) -> Bool {
        var first = terminator
        while first > start, bytes[first - 1].isLetter || bytes[first - 1] == UInt8(ascii: ".") { first -= 1 }
        let word = bytes[first..<terminator]
        if word.count == 1, let letter = word.first, letter.isLetter, letter != UInt8(ascii: "I") { return true }
        guard word.count <= 6 else { return false }
        return Self.abbreviations.contains(String(decoding: word, as: UTF8.self).lowercased())
    }

    /// Whether a line end is more than a wrapped line: a blank line follows, or a list item, heading or table row.
    private func endsBlock(atNewline position: Int) -> Bool {
        var next = position + 1
        while next < bytes.count, bytes[next] == UInt8(ascii: " ") || bytes[next] == UInt8(ascii: "\t") { next += 1 }
        guard next < bytes.count else { return true }
        let after = next + 1 < bytes.count ? bytes[next + 1] : .newline
        switch bytes[next] {
        case .newline, UInt8(ascii: "|"), UInt8(ascii: "#"), UInt8(ascii: ">"): return true
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): return after.isSpace
        case UInt8(ascii: "Q"), UInt8(ascii: "A"): return after == UInt8(ascii: ":")
        case 0xE2: return matches([0xE2, 0x80, 0xA2], at: next)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while next < bytes.count, bytes[next].isDigit { next += 1 }
            guard next + 1 < bytes.count else { return false }
            return (bytes[next] == UInt8(ascii: ".") || bytes[next] == UInt8(ascii: ")")) && bytes[next + 1].isSpace
        default: return false
        }
    }

    private func matches(_ sequence: [UInt8], at position: Int) -> Bool {
        position + sequence.count <= bytes.count
            && sequence.indices.allSatisfy { bytes[position + $0] == sequence[$0] }
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")

    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isLowerCase: Bool { (0x61...0x7A).contains(self) }
    var isLetter: Bool { isLowerCase || (0x41...0x5A).contains(self) || self >= 0x80 }
}

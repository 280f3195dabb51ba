import Foundation

/// Text to the ids of an uncased BERT vocabulary, as Hugging Face's tokenizer makes them.
///
/// Control characters are dropped, words split at white space, punctuation and around every CJK ideograph, accents
/// removed (NFD without Mn), letters lowered scalar by scalar; each word becomes the longest known pieces from left to
/// right, the later ones with `##` before them. Names such as "[PAD]" in a text are plain text.
struct WordPieceTokenizer: Sendable {
    let vocabulary: Vocabulary
    let unknown: Int32
    let begin: Int32
    let end: Int32

    private static let longestWord = 100

    /// At most `limit` ids, [CLS] first and [SEP] last.
    func ids(of text: String, limit: Int) -> [Int32] {
        var ids: [Int32] = [begin]
        forEachWord(in: text) { word, characters in
            append(word, characters, to: &ids)
            return ids.count < limit - 1
        }
        if ids.count > limit - 1 { ids.removeLast(ids.count - (limit - 1)) }
        ids.append(end)
        return ids
    }

    /// How many pieces a text has, without [CLS] and [SEP] and without a limit.
    func count(of text: String) -> Int {
        var ids: [Int32] = []
        forEachWord(in: text) { word, characters in
            append(word, characters, to: &ids)
            return true
        }
        return ids.count
    }

    /// Calls `body` with each normalised word, its bytes following two free bytes for "##", and its number of
    /// characters, until it returns false.
    private func forEachWord(in text: String, _ body: (UnsafeMutableRawBufferPointer, Int) -> Bool) {
        var word = WordBuffer()
        func flush() -> Bool {
            guard !word.isEmpty else { return true }
            defer { word.clear() }
            return word.withBytes(body)
        }
        for scalar in Self.normalised(text) {
            switch CharacterClass(scalar) {
            case .dropped: continue
            case .space: guard flush() else { return }
            case .alone:
                guard flush() else { return }
                word.append(scalar)
                guard flush() else { return }
            case .letter: word.append(scalar)
            }
        }
        _ = flush()
    }

    /// NFD where a text needs it; ASCII is its own.
    private static func normalised(_ text: String) -> String.UnicodeScalarView {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.unicodeScalars : text.decomposedStringWithCanonicalMapping.unicodeScalars
    }

    private func append(_ buffer: UnsafeMutableRawBufferPointer, _ characters: Int, to ids: inout [Int32]) {
        guard characters <= Self.longestWord else { return ids.append(unknown) }
        let before = ids.count
        let hash = UInt8(ascii: "#")
        var start = 2
        while start < buffer.count {
            // The "##" overwrites bytes of the piece before, which is done with.
            let from = start == 2 ? 2 : start - 2
            if from != 2 || start != 2 {
                buffer[from] = hash
                buffer[from + 1] = hash
            }
            var stop = min(buffer.count, from + vocabulary.longest)
            var found: Int32?
            while stop > start {
                // A piece ends where a character ends.
                if stop == buffer.count || buffer[stop] & 0xC0 != 0x80 {
                    found = vocabulary.id(of: UnsafeRawBufferPointer(rebasing: buffer[from..<stop]))
                    if found != nil { break }
                }
                stop -= 1
            }
            guard let found else {
                ids.removeLast(ids.count - before)
                return ids.append(unknown)
            }
            ids.append(found)
            start = stop
        }
    }
}

/// The bytes of one word under construction, lower-cased as they come.
private struct WordBuffer {
    private var bytes: [UInt8] = [0, 0]
    private var characters = 0

    var isEmpty: Bool { characters == 0 }

    mutating func clear() {
        bytes.removeLast(bytes.count - 2)
        characters = 0
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            characters += 1
        } else {
            let lower = scalar.properties.lowercaseMapping
            bytes.append(contentsOf: lower.utf8)
            characters += lower.unicodeScalars.count
        }
    }

    mutating func withBytes(_ body: (UnsafeMutableRawBufferPointer, Int) -> Bool) -> Bool {
        let characters = characters
        return bytes.withUnsafeMutableBytes { body($0, characters) }
    }
}

/// What a scalar does to the words around it.
private enum CharacterClass {
    case dropped
    case space
    /// A word of its own.
    case alone
    case letter

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value < 0x80 {
            switch value {
            case 0x09, 0x0A, 0x0D, 0x20: self = .space
            case 0x00..<0x20, 0x7F: self = .dropped
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .letter
            default: self = .alone
            }
            return
        }
        if Self.isIdeograph(value) {
            self = .alone
            return
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .nonspacingMark: self = .dropped
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            self = .alone
        default:
            self = value == 0xFFFD ? .dropped : scalar.properties.isWhitespace ? .space : .letter
        }
    }

    private static func isIdeograph(_ value: UInt32) -> Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B820...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}

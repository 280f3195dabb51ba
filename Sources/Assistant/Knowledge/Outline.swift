/// A document as sections under headings, each a list of blocks; ranges are UTF-8 bytes of the document.
///
/// Headings are Markdown's: `#` lines and lines underlined by `===` or `---`. A block is a paragraph, a fenced code
/// block, or a question with its answer (`Q:` … `A:` …), which is never cut.
struct Outline {
    struct Block {
        var range: Range<Int>
        var isWhole: Bool
    }

    struct Section {
        /// The headings above, outermost first.
        var path: [String]
        var level: Int
        /// From its heading line on.
        var start: Int
        var blocks: [Block]
    }

    private(set) var sections: [Section] = []
    /// The first heading, when it stands alone above everything else.
    private(set) var title: String?

    init(_ bytes: [UInt8]) {
        var reader = OutlineReader(bytes)
        reader.read()
        sections = reader.sections
        title = reader.title
    }
}

private struct OutlineReader {
    let bytes: [UInt8]
    private(set) var sections: [Outline.Section] = [Outline.Section(path: [], level: 0, start: 0, blocks: [])]
    private(set) var title: String?
    private var headings: [(level: Int, text: String)] = []
    private var paragraph: Range<Int>?
    private var fence: UInt8?
    private var isInAnswer = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() {
        let lines = lineRanges()
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if let marker = fenceMarker(line) {
                if fence == nil { fence = marker } else if fence == marker { fence = nil }
                extend(line)
            } else if fence != nil {
                extend(line)
            } else if let heading = numberSignHeading(line) {
                open(heading.level, heading.text, at: line.lowerBound)
            } else if index + 1 < lines.count, paragraph == nil, let level = underline(lines[index + 1]), !isBlank(line)
            {
                open(level, trimmed(line), at: line.lowerBound)
                index += 1
            } else if isBlank(line) {
                // Inside an answer paragraphs belong together.
                if !isInAnswer { close() }
            } else {
                if begins(line, with: "Q:") || begins(line, with: "Question:") {
                    close()
                    isInAnswer = true
                }
                extend(line)
            }
            index += 1
        }
        close()
        sections.removeAll { $0.blocks.isEmpty }
    }

    private mutating func open(_ level: Int, _ text: String, at start: Int) {
        close()
        headings.removeAll { $0.level >= level }
        headings.append((level, text))
        if title == nil, sections.count == 1, sections[0].blocks.isEmpty { title = text }
        sections.append(Outline.Section(path: headings.map(\.text), level: level, start: start, blocks: []))
    }

    private mutating func extend(_ line: Range<Int>) {
        paragraph = (paragraph?.lowerBound ?? line.lowerBound)..<line.upperBound
    }

    private mutating func close() {
        defer {
            paragraph = nil
            isInAnswer = false
        }
        guard var range = paragraph else { return }
        while range.upperBound > range.lowerBound, bytes[range.upperBound - 1].isSpace {
            range = range.lowerBound..<range.upperBound - 1
        }
        sections[sections.count - 1].blocks.append(Outline.Block(range: range, isWhole: isInAnswer))
    }

    private func lineRanges() -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for (position, byte) in bytes.enumerated() where byte == .newline {
            lines.append(start..<position)
            start = position + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }

    private func isBlank(_ line: Range<Int>) -> Bool { bytes[line].allSatisfy(\.isSpace) }

    private func trimmed(_ line: some Sequence<Int>) -> String {
        let text = line.map { bytes[$0] }
        let kept = text.drop { $0.isSpace }.reversed().drop { $0.isSpace }.reversed()
        return String(decoding: kept, as: UTF8.self)
    }

    private func begins(_ line: Range<Int>, with word: String) -> Bool {
        bytes[line].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }.starts(with: word.utf8)
    }

    private func fenceMarker(_ line: Range<Int>) -> UInt8? {
        let text = bytes[line].drop { $0 == UInt8(ascii: " ") }
        guard let marker = text.first, marker == UInt8(ascii: "`") || marker == UInt8(ascii: "~") else { return nil }
        return text.prefix { $0 == marker }.count >= 3 ? marker : nil
    }

    private func numberSignHeading(_ line: Range<Int>) -> (level: Int, text: String)? {
        let signs = bytes[line].prefix { $0 == UInt8(ascii: "#") }
        guard (1...6).contains(signs.count), signs.endIndex < line.upperBound, bytes[signs.endIndex].isSpace else {
            return nil
        }
        let text = trimmed(signs.endIndex..<line.upperBound)
        let open = text.utf8.reversed().drop { $0 == UInt8(ascii: "#") }.reversed()
        let heading = String(decoding: open, as: UTF8.self)
        let isClosed = heading.utf8.last.map(\.isSpace) ?? false
        let final = isClosed ? String(heading.dropLast()) : text
        return final.isEmpty ? nil : (signs.count, final)
    }

    private func underline(_ line: Range<Int>) -> Int? {
        guard line.count >= 3, let first = bytes[line].first, bytes[line].allSatisfy({ $0 == first }) else {
            return nil
        }
        return first == UInt8(ascii: "=") ? 1 : first == UInt8(ascii: "-") ? 2 : nil
    }
}

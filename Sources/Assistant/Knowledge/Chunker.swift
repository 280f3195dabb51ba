/// A document cut into chunks along its own lines: headings, then paragraphs, then sentences.
///
/// A chunk lies in one section and has at most `wanted` pieces where sentences allow it; a long section is cut into
/// chunks of like size, each beginning with the last sentence of the one before. Small sections join the next one
/// under the same heading. A question with its answer is a chunk of its own.
public struct Chunker: Sendable {
    /// Part of the index signature: another version means other chunks.
    public static let version = 1

    public struct Limits: Sendable, Equatable {
        /// The most pieces a chunk has, the repeated sentence not counted. The encoder sees the first 256 of them: with
        /// chunks that it sees whole (240, 180) the measured retrieval was no better.
        public var wanted = 320
        /// Sections below join the next one.
        public var minimum = 80
        /// No chunk is longer.
        public var cap = 512
        /// A sentence longer than this is not repeated.
        public var overlap = 60

        public init() {}
    }

    /// A chunk before it is stored.
    public struct Piece: Sendable, Equatable {
        public var heading: String
        /// `title > heading path`, to be indexed with the text.
        public var context: String
        public var text: String
        /// Unicode scalars of the document.
        public var start: Int
        public var end: Int
        public var tokens: Int
    }

    private let limits: Limits
    private let count: @Sendable (String) -> Int

    /// - Parameter count: how many pieces a text has for the encoder.
    public init(limits: Limits = Limits(), count: @escaping @Sendable (String) -> Int) {
        self.limits = limits
        self.count = count
    }

    /// Cuts a normalised text.
    public func chunks(of text: String, title: String) -> [Piece] {
        let bytes = Array(text.utf8)
        let sections = joined(measured(Outline(bytes).sections, bytes))
        var offsets = ScalarOffsets(bytes)
        return sections.flatMap { section in
            cut(section, bytes).map { range, tokens in
                let heading = section.path.filter { $0 != title }
                return Piece(
                    heading: heading.joined(separator: " > "),
                    context: ([title] + heading).filter { !$0.isEmpty }.joined(separator: " > "),
                    text: String(decoding: bytes[range], as: UTF8.self), start: offsets.scalar(at: range.lowerBound),
                    end: offsets.scalar(at: range.upperBound), tokens: tokens)
            }
        }
    }

    /// A stretch of text that is not cut further.
    private struct Unit {
        var range: Range<Int>
        var tokens: Int
        var isWhole = false
    }

    private struct Section {
        var path: [String]
        var units: [Unit]
        var tokens: Int { units.reduce(0) { $0 + $1.tokens } }
        var isWhole: Bool { units.contains(where: \.isWhole) }
    }

    private func measured(_ sections: [Outline.Section], _ bytes: [UInt8]) -> [Section] {
        sections.map { section in
            Section(path: section.path, units: section.blocks.flatMap { units(of: $0, bytes) })
        }
    }

    private func units(of block: Outline.Block, _ bytes: [UInt8]) -> [Unit] {
        let tokens = tokens(in: block.range, bytes)
        if block.isWhole, tokens <= limits.cap { return [Unit(range: block.range, tokens: tokens, isWhole: true)] }
        if tokens <= limits.wanted / 2 { return [Unit(range: block.range, tokens: tokens)] }
        let sentences = SentenceSplitter.sentences(in: bytes[block.range]).map {
            block.range.lowerBound + $0.lowerBound..<block.range.lowerBound + $0.upperBound
        }
        return sentences.flatMap { range -> [Unit] in
            let tokens = self.tokens(in: range, bytes)
            return tokens <= limits.wanted ? [Unit(range: range, tokens: tokens)] : words(in: range, bytes)
        }
    }

    /// A sentence without end, cut at white space, or anywhere when it has none.
    private func words(in range: Range<Int>, _ bytes: [UInt8]) -> [Unit] {
        let tokens = tokens(in: range, bytes)
        guard tokens > limits.wanted, range.count > 1 else { return [Unit(range: range, tokens: tokens)] }
        let middle = range.lowerBound + range.count / 2
        var cut = bytes[range.lowerBound..<middle].lastIndex(where: \.isSpace).map { $0 + 1 } ?? middle
        while cut < range.upperBound, bytes[cut] & 0xC0 == 0x80 { cut += 1 }
        guard cut > range.lowerBound, cut < range.upperBound else { return [Unit(range: range, tokens: tokens)] }
        return words(in: range.lowerBound..<cut, bytes) + words(in: cut..<range.upperBound, bytes)
    }

    /// Small sections with the next one of the same parent, or with their own first subsection.
    private func joined(_ sections: [Section]) -> [Section] {
        var result: [Section] = []
        for section in sections {
            guard let last = result.last, last.tokens < limits.minimum, !last.isWhole, !section.isWhole,
                last.tokens + section.tokens <= limits.wanted, let path = commonPath(last.path, section.path)
            else {
                result.append(section)
                continue
            }
            result[result.count - 1] = Section(path: path, units: last.units + section.units)
        }
        return result
    }

    private func commonPath(_ first: [String], _ second: [String]) -> [String]? {
        if second.count > first.count { return second.starts(with: first) ? first : nil }
        guard first.count == second.count, let one = first.last, let other = second.last,
            first.dropLast() == second.dropLast()
        else { return nil }
        return first.dropLast() + ["\(one); \(other)"]
    }

    private func cut(_ section: Section, _ bytes: [UInt8]) -> [(range: Range<Int>, tokens: Int)] {
        var chunks: [(range: Range<Int>, tokens: Int)] = []
        for run in section.units.split(whereSeparator: \.isWhole) { chunks += cut(Array(run), bytes) }
        chunks += section.units.filter(\.isWhole).map { ($0.range, $0.tokens) }
        return chunks.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private func cut(_ units: [Unit], _ bytes: [UInt8]) -> [(range: Range<Int>, tokens: Int)] {
        let total = units.reduce(0) { $0 + $1.tokens }
        let parts = max(1, (total + limits.wanted - 1) / limits.wanted)
        let share = (total + parts - 1) / parts
        var chunks: [(range: Range<Int>, tokens: Int)] = []
        var open: (range: Range<Int>, tokens: Int)?
        var taken = 0
        for unit in units {
            if let chunk = open {
                // Closed when that is nearer to the even share of this many chunks than going on.
                let goal = share * (chunks.count + 1)
                if chunk.tokens + unit.tokens > limits.wanted + limits.overlap
                    || taken + unit.tokens - goal > goal - taken
                {
                    chunks.append(chunk)
                    open = nil
                }
            }
            taken += unit.tokens
            if let chunk = open {
                open = (chunk.range.lowerBound..<unit.range.upperBound, chunk.tokens + unit.tokens)
            } else if let last = chunks.last, let sentence = lastSentence(of: last.range, bytes) {
                open = (sentence.range.lowerBound..<unit.range.upperBound, sentence.tokens + unit.tokens)
            } else {
                open = (unit.range, unit.tokens)
            }
        }
        if let open { chunks.append(open) }
        return chunks
    }

    /// The last sentence of a chunk, unless it is long or all there is.
    private func lastSentence(of range: Range<Int>, _ bytes: [UInt8]) -> Unit? {
        guard let last = SentenceSplitter.sentences(in: bytes[range]).last, last.lowerBound > 0 else { return nil }
        let sentence = range.lowerBound + last.lowerBound..<range.lowerBound + last.upperBound
        let tokens = tokens(in: sentence, bytes)
        return tokens <= limits.overlap ? Unit(range: sentence, tokens: tokens) : nil
    }

    private func tokens(in range: Range<Int>, _ bytes: [UInt8]) -> Int {
        count(String(decoding: bytes[range], as: UTF8.self))
    }
}

/// Byte positions to scalar positions, asked for in ascending order (a step back starts anew from the last chunk).
private struct ScalarOffsets {
    private let bytes: [UInt8]
    private var byte = 0
    private var scalar = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func scalar(at position: Int) -> Int {
        while byte < position {
            if bytes[byte] & 0xC0 != 0x80 { scalar += 1 }
            byte += 1
        }
        while byte > position {
            byte -= 1
            if bytes[byte] & 0xC0 != 0x80 { scalar -= 1 }
        }
        return scalar
    }
}

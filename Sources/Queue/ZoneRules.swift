/// The content of a TZif file: past changes as a table, future ones as a rule.
struct ZoneRules: Sendable, Equatable {
    private var changes: [Int64] = []
    /// The offset from each change on.
    private var offsets: [Int64] = []
    private var first: Int64 = 0
    private var rule: ZoneRule?

    /// UTC.
    init() {}

    init?(parsing bytes: [UInt8]) {
        guard let old = Header(bytes, at: 0), old.version >= UInt8(ascii: "2"),
            let header = Header(bytes, at: old.end(timeSize: 4)), header.typeCount > 0
        else { return nil }
        let times = header.start
        let indices = times + 8 * header.timeCount
        let types = indices + header.timeCount
        let end = header.end(timeSize: 8)
        guard end <= bytes.count else { return nil }
        let known = (0..<header.typeCount).map { index in
            Int64(Int32(truncatingIfNeeded: Self.number(bytes, types + 6 * index, 4)))
        }
        first = known[0]
        for index in 0..<header.timeCount {
            let type = Int(bytes[indices + index])
            guard type < known.count else { return nil }
            changes.append(Self.number(bytes, times + 8 * index, 8))
            offsets.append(known[type])
        }
        let footer = bytes[end...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        rule = footer.isEmpty ? nil : ZoneRule(parsing: String(decoding: footer, as: UTF8.self))
    }

    func offset(at time: Int64) -> Int64 {
        guard let last = changes.last else { return rule?.offset(at: time) ?? first }
        if time >= last, let rule { return rule.offset(at: time) }
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ size: Int) -> Int64 {
        bytes[start..<start + size].reduce(0) { $0 << 8 | Int64($1) }
    }

    private struct Header {
        let version: UInt8
        /// Of the data after it.
        let start: Int
        let utcCount, standardCount, leapCount, timeCount, typeCount, characterCount: Int

        init?(_ bytes: [UInt8], at offset: Int) {
            guard bytes.count >= offset + 44, bytes[offset..<offset + 4].elementsEqual("TZif".utf8) else { return nil }
            version = bytes[offset + 4]
            start = offset + 44
            let counts = (0..<6).map { Int(number(bytes, offset + 20 + 4 * $0, 4)) }
            (utcCount, standardCount, leapCount) = (counts[0], counts[1], counts[2])
            (timeCount, typeCount, characterCount) = (counts[3], counts[4], counts[5])
        }

        func end(timeSize: Int) -> Int {
            start + timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4)
                + standardCount + utcCount
        }
    }
}

import Identifiers

/// What a list holds of a job: 23 bytes of prefix, then its envelope when it is inline.
enum Entry {
    static let prefixCount = 23
    static let inline: UInt8 = 1
    static let reference: UInt8 = 17

    static func append(inline id: JobID, readySince milliseconds: Int64, to bytes: inout [UInt8]) {
        bytes.append(inline)
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: milliseconds.bigEndian) { bytes.append(contentsOf: $0.dropFirst(2)) }
    }

    static func id(of bytes: [UInt8]) -> JobID? {
        bytes.count >= prefixCount ? JobID(bytes: bytes[1..<17]) : nil
    }

    static func readySince(of bytes: [UInt8]) -> Int64? {
        bytes.count >= prefixCount ? bytes[17..<23].reduce(0) { $0 << 8 | Int64($1) } : nil
    }

    static func isInline(_ bytes: [UInt8]) -> Bool { bytes.first == inline }
}

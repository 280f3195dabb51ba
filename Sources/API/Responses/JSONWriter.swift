import FoundationEssentials
import Identifiers
import NIOCore

/// Writes JSON straight into a buffer, so that a missing value is an explicit `null` and a row costs no encoder.
struct JSONWriter {
    private(set) var buffer = ByteBuffer()
    private var needsComma = false

    init(capacity: Int = 512) { buffer.reserveCapacity(capacity) }

    // MARK: Values

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        separate()
        byte("{")
        needsComma = false
        members(&self)
        byte("}")
        needsComma = true
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        separate()
        byte("[")
        needsComma = false
        for element in elements { write(&self, element) }
        byte("]")
        needsComma = true
    }

    mutating func value(_ text: String?) {
        separate()
        if let text { quote(text) } else { null() }
        needsComma = true
    }

    mutating func value(_ number: (some FixedWidthInteger)?) {
        separate()
        if let number { buffer.writeString(String(number)) } else { null() }
        needsComma = true
    }

    mutating func value(_ number: Double?) {
        separate()
        if let number, number.isFinite { buffer.writeString(String(number)) } else { null() }
        needsComma = true
    }

    mutating func value(_ flag: Bool?) {
        separate()
        switch flag {
        case .some(true): buffer.writeStaticString("true")
        case .some(false): buffer.writeStaticString("false")
        case nil: null()
        }
        needsComma = true
    }

    /// A value that is JSON already, as the Store keeps sources and results.
    mutating func value(raw json: some Sequence<UInt8>) {
        separate()
        buffer.writeBytes(json)
        needsComma = true
    }

    // MARK: Members

    mutating func object(_ name: String, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    mutating func array<Element>(
        _ name: String, _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        self.name(name)
        array(elements, write)
    }

    mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        value(text)
    }

    mutating func member(_ name: String, _ number: (some FixedWidthInteger)?) {
        self.name(name)
        value(number)
    }

    mutating func member(_ name: String, _ number: Double?) {
        self.name(name)
        value(number)
    }

    mutating func member(_ name: String, _ flag: Bool?) {
        self.name(name)
        value(flag)
    }

    mutating func member<Owner>(_ name: String, _ id: ID<Owner>?) { member(name, id?.description) }

    mutating func member(_ name: String, _ time: Date?) { member(name, time.map(WireTime.text)) }

    mutating func member(_ name: String, raw json: (some Sequence<UInt8>)?) {
        self.name(name)
        if let json { value(raw: json) } else { value(nil as String?) }
    }

    // MARK: Bytes

    private mutating func name(_ name: String) {
        separate()
        quote(name)
        byte(":")
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { byte(",") }
    }

    private mutating func null() { buffer.writeStaticString("null") }

    private mutating func byte(_ scalar: Unicode.Scalar) {
        buffer.writeInteger(UInt8(truncatingIfNeeded: scalar.value))
    }

    /// RFC 8259: quote, backslash and control characters are escaped, all else goes out as UTF-8 in runs.
    private mutating func quote(_ text: String) {
        byte("\"")
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for (index, character) in bytes.enumerated() {
                guard character < 0x20 || character == UInt8(ascii: "\"") || character == UInt8(ascii: "\\") else {
                    continue
                }
                buffer.writeBytes(bytes[start..<index])
                start = index + 1
                escape(character)
            }
            buffer.writeBytes(bytes[start...])
        }
        byte("\"")
    }

    private mutating func escape(_ character: UInt8) {
        switch character {
        case UInt8(ascii: "\""): buffer.writeStaticString(#"\""#)
        case UInt8(ascii: "\\"): buffer.writeStaticString(#"\\"#)
        case UInt8(ascii: "\n"): buffer.writeStaticString(#"\n"#)
        case UInt8(ascii: "\r"): buffer.writeStaticString(#"\r"#)
        case UInt8(ascii: "\t"): buffer.writeStaticString(#"\t"#)
        default:
            let digits = String(character, radix: 16)
            buffer.writeString(#"\u00"# + (digits.utf8.count < 2 ? "0" : "") + digits)
        }
    }
}

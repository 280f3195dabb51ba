/// The quoted-printable encoding of a text (RFC 2045, section 6.7): lines of at most 76 characters, CRLF between them.
enum QuotedPrintable {
    static func encode(_ text: String) -> String {
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: isLineEnd) {
            lines += encode(line: line)
        }
        return lines.joined(separator: "\r\n")
    }

    private static func isLineEnd(_ character: Character) -> Bool {
        character == "\n" || character == "\r\n" || character == "\r"
    }

    private static func encode(line: Substring) -> [String] {
        var lines: [String] = []
        var current = ""
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let piece = encode(byte, isLast: index == bytes.count - 1)
            // 75, since the soft line break takes a place of its own.
            if current.utf8.count + piece.utf8.count > 75 {
                lines.append(current + "=")
                current = ""
            }
            current += piece
        }
        return lines + [current]
    }

    private static func encode(_ byte: UInt8, isLast: Bool) -> String {
        switch byte {
        case UInt8(ascii: " ") where !isLast, 33...60, 62...126: String(UnicodeScalar(byte))
        default:
            "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}

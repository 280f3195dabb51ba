import FoundationEssentials

/// Texts in header fields: RFC 5322 for what is ASCII, RFC 2047 for what is not.
enum HeaderText {
    /// One whole field with its line end; nothing in `value` can start another field.
    static func field(_ name: String, _ value: String) throws(MailError) -> String {
        try refuseControls(value)
        if isPlain(value), name.utf8.count + 2 + value.utf8.count <= 76 { return "\(name): \(value)\r\n" }
        return "\(name): \(encodedWords(value))\r\n"
    }

    /// A field with an address: the name in quotes or encoded, the address as it is.
    static func field(_ name: String, _ address: MailAddress) throws(MailError) -> String {
        try address.check()
        try refuseControls(address.name)
        if address.name.isEmpty { return "\(name): \(address.address)\r\n" }
        let isShort = address.name.utf8.count <= 60
        let shown = isPlain(address.name) && isShort ? quoted(address.name) : encodedWords(address.name)
        return "\(name): \(shown)\r\n <\(address.address)>\r\n"
    }

    static func refuseControls(_ text: String) throws(MailError) {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw .malformed("a line break or control character in a header")
        }
    }

    /// ASCII that no reader takes for an encoded word.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 127 } && !text.contains("=?")
    }

    private static func quoted(_ name: String) -> String {
        var result = "\""
        for character in name {
            if character == "\"" || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result + "\""
    }

    /// Base64 words of at most 75 characters (RFC 2047, section 2), each of whole characters, one a line.
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        func finish() {
            words.append("=?utf-8?B?\(Data(bytes).base64EncodedString())?=")
            bytes.removeAll()
        }
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            // 39 bytes make 52 characters: with the frame of 12 the word stays short enough for the field's name before it.
            if bytes.count + next.count > 39 { finish() }
            bytes += next
        }
        finish()
        return words.joined(separator: "\r\n ")
    }
}

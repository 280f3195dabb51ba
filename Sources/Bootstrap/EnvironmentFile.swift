/// Reads the lines of a `.env` file: `NAME=value`, `export NAME=value`, quotes, `#` comments.
enum EnvironmentFile {
    /// The values by name; a later line wins. A line that is none of the above is reported by its number, not its text,
    /// which may hold a secret.
    static func parse(_ text: String, path: String) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        var problems: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let assignment = line.hasPrefix("export ") ? trimmed(line.dropFirst(7)) : line
            guard let equals = assignment.firstIndex(of: "="), isName(trimmed(assignment[..<equals])),
                let value = unquoted(trimmed(assignment[assignment.index(after: equals)...]))
            else {
                problems.append("\(path):\(index + 1): write NAME=value, with a quote closed where one is opened")
                continue
            }
            values[String(trimmed(assignment[..<equals]))] = value
        }
        guard problems.isEmpty else { throw SettingsError(problems) }
        return values
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// In double quotes `\n`, `\"`, `\$` and `\\` are escapes, in single quotes nothing is; without quotes ` #` starts a
    /// comment.
    private static func unquoted(_ text: Substring) -> String? {
        switch text.first {
        case "'":
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: "'"), isComment(inner[inner.index(after: end)...]) else { return nil }
            return String(inner[..<end])
        case "\"":
            var value = ""
            var rest = text.dropFirst()
            while let character = rest.popFirst() {
                if character == "\"" { return isComment(rest) ? value : nil }
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else { return nil }
                switch escaped {
                case "n": value.append("\n")
                case "\"", "\\", "$": value.append(escaped)
                default: value += "\\\(escaped)"
                }
            }
            return nil
        default:
            var end = text.startIndex
            while end < text.endIndex {
                let isAfterSpace = end == text.startIndex || text[text.index(before: end)].isWhitespace
                if text[end] == "#", isAfterSpace { break }
                end = text.index(after: end)
            }
            return String(trimmed(text[..<end]))
        }
    }

    private static func isComment(_ rest: Substring) -> Bool {
        let rest = trimmed(rest)
        return rest.isEmpty || rest.hasPrefix("#")
    }
}

func trimmed(_ text: some StringProtocol) -> Substring {
    var slice = Substring(text)
    while slice.first?.isWhitespace == true { slice.removeFirst() }
    while slice.last?.isWhitespace == true { slice.removeLast() }
    return slice
}

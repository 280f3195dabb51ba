import FoundationEssentials
import Glibc

/// What the commands print.
enum Terminal {
    static func complain(_ text: String) {
        write(text + "\n")
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Pretty JSON, keys sorted, so that scripts and people can read it.
    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(format(date))
        }
        Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Rows under a header, in columns as wide as they need.
    static func print(table header: [String], _ rows: [[String]]) {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [header] + rows {
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            Swift.print(line)
        }
    }

    /// RFC 3339, UTC, with seconds.
    static func format(_ date: Date) -> String {
        date.formatted(.iso8601)
    }

    static func format(_ date: Date?) -> String {
        date.map { format($0) } ?? "-"
    }

    /// The first line of standard input, without its end; nil when there is none.
    static func lineOfInput() -> String? {
        readLine(strippingNewline: true)
    }

    /// Asks at the terminal for something that must not be seen.
    static func ask(hidden question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            write("\n")
        }
        write(question)
        return lineOfInput()
    }
}

import Glibc
import Logging

/// How log lines look: text for a person at a terminal, JSON lines for everything else.
public enum LogFormat: Sendable {
    case text
    case json

    /// The format called `text` or `json`; any other name chooses text where standard error is a terminal.
    public init(named name: String) {
        self =
            switch name {
            case "text": .text
            case "json": .json
            default: isatty(STDERR_FILENO) == 1 ? .text : .json
            }
    }

    func line(_ event: LogLine) -> String {
        switch self {
        case .text: event.text
        case .json: event.json
        }
    }
}

/// One log line before it is written.
struct LogLine {
    var time: timespec
    var level: Logger.Level
    var label: String
    var message: String
    var metadata: [(key: String, value: Logger.MetadataValue)]

    var text: String {
        let name = level.rawValue.uppercased()
        var line =
            "\(Self.clock(time, isDated: false)) \(name.padded(to: 8)) \(label.padded(to: 7)) \(Self.oneLine(message))"
        for (key, value) in metadata {
            let value = "\(value)"
            let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0.isNewline }
            line += " \(key)=\(isPlain ? value : JSONText.quoted(value))"
        }
        return line + "\n"
    }

    var json: String {
        var line = "{\"time\":\"\(Self.clock(time, isDated: true))\",\"level\":\"\(level.rawValue)\""
        line += ",\"process\":\(JSONText.quoted(label)),\"message\":\(JSONText.quoted(message))"
        for (key, value) in metadata {
            line += ",\(JSONText.quoted(key)):\(JSONText.value(value))"
        }
        return line + "}\n"
    }

    private static func oneLine(_ text: String) -> String {
        text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text
    }

    private static func clock(_ time: timespec, isDated: Bool) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { two($0) }
        let hour = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two(Int($0)) }
        let milliseconds = String(Int(time.tv_nsec) / 1_000_000 + 1000).dropFirst()
        let clock = "\(hour.joined(separator: ":")).\(milliseconds)"
        return isDated ? "\(day.joined(separator: "-"))T\(clock)Z" : clock
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String {
        count < length ? self + String(repeating: " ", count: length - count) : self
    }
}

/// Just enough JSON for a log line.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func value(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let number as any BinaryInteger): "\(number)"
        case .stringConvertible(let flag as Bool): "\(flag)"
        case .stringConvertible(let other): quoted("\(other)")
        case .array(let values): "[\(values.map(JSONText.value).joined(separator: ","))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(JSONText.value($0.value))" }.joined(separator: ","))}"
        }
    }
}

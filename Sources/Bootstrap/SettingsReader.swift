import Configuration
import FoundationEssentials

/// Reads typed values over the environment, `.env` and the defaults, and gathers every problem on the way.
///
/// A reading that fails notes the problem and gives a stand-in; the caller asks for `problems` before it uses any value.
struct SettingsReader {
    private let config: ConfigReader
    private(set) var problems: [String] = []

    /// Empty values count as unset, so that `NAME=` in a file or a unit means the default.
    init(environment: [String: String], file: [String: String]) {
        let defaults = Variable.all.compactMap { variable in variable.fallback.map { (variable.name, $0) } }
        config = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: environment.filter { !$0.value.isEmpty }),
            EnvironmentVariablesProvider(environmentVariables: file.filter { !$0.value.isEmpty }),
            EnvironmentVariablesProvider(environmentVariables: Dictionary(uniqueKeysWithValues: defaults)),
        ])
    }

    /// Notes that a variable's value can't be used; `remedy` says what to write instead.
    mutating func refuse(_ name: String, _ remedy: String) {
        let value = optional(name)
        switch (value, Variable.byName[name]?.isSecret == true) {
        case (nil, _): problems.append("\(name) is not set: \(remedy)")
        case (_?, true): problems.append("\(name)=***: \(remedy)")
        case (let value?, false): problems.append("\(name)=\(value): \(remedy)")
        }
    }

    /// Notes a problem as it is to be shown.
    mutating func note(_ problem: String) {
        problems.append(problem)
    }

    func optional(_ name: String) -> String? {
        config.string(forKey: ConfigKey(name))
    }

    mutating func string(_ name: String) -> String {
        do {
            return try config.requiredString(forKey: ConfigKey(name))
        } catch {
            refuse(name, "set it")
            return ""
        }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int {
        let value = string(name)
        guard let number = Int(value), range.contains(number) else {
            refuse(name, "write a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return number
    }

    mutating func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        optional(name) == nil ? nil : integer(name, in: range)
    }

    mutating func seconds(_ name: String, in range: ClosedRange<Int>) -> Duration {
        .seconds(integer(name, in: range))
    }

    mutating func flag(_ name: String) -> Bool {
        switch string(name).lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default:
            refuse(name, "write true or false")
            return false
        }
    }

    mutating func optionalFlag(_ name: String) -> Bool? {
        optional(name) == nil ? nil : flag(name)
    }

    mutating func limit(_ name: String) -> RateLimit {
        guard let limit = RateLimit(string(name)) else {
            refuse(name, "write limits such as 10/min,60/h (s, min, h, d), or off")
            return .off
        }
        return limit
    }

    /// The parts between commas, without blanks and empty ones.
    mutating func list(_ name: String) -> [String] {
        (optional(name) ?? "").split(separator: ",").map { String(trimmed($0)) }.filter { !$0.isEmpty }
    }

    mutating func choice(_ name: String, of choices: [String]) -> String {
        let value = string(name).lowercased()
        guard choices.contains(value) else {
            refuse(name, "write one of \(choices.joined(separator: ", "))")
            return choices[0]
        }
        return value
    }

    /// An http or https address without a slash at its end.
    mutating func address(_ name: String, fallback: String? = nil) -> String {
        guard let value = optional(name) ?? fallback else { return string(name) }
        guard let url = URL(string: value), ["http", "https"].contains(url.scheme), url.host()?.isEmpty == false,
            url.query() == nil, url.fragment() == nil, url.user() == nil
        else {
            refuse(name, "write an address such as https://chat.example.com")
            return ""
        }
        return value.hasSuffix("/") ? String(value.dropLast()) : value
    }
}

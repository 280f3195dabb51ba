public import FoundationEssentials

/// A time zone's rules, read from the system's database (RFC 8536). Foundation's own would bring all of ICU along.
public struct Zone: Sendable, Equatable, CustomStringConvertible {
    public let identifier: String
    private let rules: ZoneRules

    public static let utc = Zone(identifier: "UTC", rules: ZoneRules())

    /// - Parameter identifier: such as `Europe/Berlin`; `UTC` and `GMT` need no database.
    /// - Throws: ``ZoneError`` when the name is not in the system's database (package tzdata).
    public init(_ identifier: String) throws {
        if ["UTC", "GMT", "Etc/UTC", "Z"].contains(identifier) {
            self.init(identifier: identifier, rules: ZoneRules())
            return
        }
        let isName = identifier.utf8.allSatisfy { byte in
            byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
                || "_+-/".utf8.contains(byte)
        }
        guard isName, !identifier.isEmpty, !identifier.hasPrefix("/"),
            let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/" + identifier)
        else {
            throw ZoneError(description: "'\(identifier)' is no time zone of this system (is tzdata installed?)")
        }
        guard let rules = ZoneRules(parsing: [UInt8](data)) else {
            throw ZoneError(description: "the rules of time zone '\(identifier)' can't be read")
        }
        self.init(identifier: identifier, rules: rules)
    }

    private init(identifier: String, rules: ZoneRules) {
        self.identifier = identifier
        self.rules = rules
    }

    public var description: String { identifier }

    /// Seconds east of Greenwich.
    public func secondsFromGMT(for date: Date) -> Int {
        Int(offset(at: Int64(date.timeIntervalSince1970.rounded(.down))))
    }

    /// Seconds east of Greenwich at a Unix time.
    func offset(at time: Int64) -> Int64 { rules.offset(at: time) }

    /// The moments at which clocks show a local time (seconds since 1970-01-01 00:00 local): none when it is skipped,
    /// two when it is doubled.
    func moments(of local: Int64) -> [Int64] {
        // No zone is farther than 26 hours from another, or changes twice within a day.
        let offsets = Set([offset(at: local - 93_600), offset(at: local), offset(at: local + 93_600)])
        return offsets.map { local - $0 }.filter { offset(at: $0) == local - $0 }.sorted()
    }

    /// The first moment after the gap in which a skipped local time lies.
    func endOfGap(around local: Int64) -> Int64 {
        var low = local - 93_600
        var high = local + 93_600
        // Clocks show less than the local time at `low` and more at `high`; find where they jump.
        while high - low > 1 {
            let middle = (low + high) / 2
            if middle + offset(at: middle) < local { low = middle } else { high = middle }
        }
        return high
    }
}

/// A time zone that can't be used, in one line.
public struct ZoneError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

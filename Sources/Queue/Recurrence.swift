public import FoundationEssentials

/// When something recurs: five cron fields (with names such as `MON` and `JAN`), `@hourly` and its like, or
/// `@every 30s`.
///
/// When clocks change: a time that is skipped runs once, right after the gap; a time that is doubled runs once, in the
/// first pass. A line whose hour is `*` means an interval instead, and simply follows the clock.
public struct Recurrence: Sendable, Hashable, CustomStringConvertible {
    private enum Rule: Hashable {
        case cron(CronFields)
        /// Seconds; ticks are multiples of it since 1970, so that every process sees the same.
        case every(Int64)
    }

    private static let years = 8
    /// The longest interval in seconds; nobody waits longer, and times far away have no date.
    private static let longest: Int64 = 8 * 366 * 86_400

    public let description: String
    private let rule: Rule

    /// - Throws: ``RecurrenceError`` with one line for the operator.
    public init(_ text: String) throws {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        description = line
        guard line.hasPrefix("@") else {
            rule = .cron(try CronFields(line))
            return
        }
        if line.hasPrefix("@every ") {
            rule = .every(try Self.seconds(String(line.dropFirst(7))))
            return
        }
        let macros = [
            "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
            "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
        ]
        guard let fields = macros[line.lowercased()] else {
            throw RecurrenceError(
                description: "'\(text)' is neither five cron fields nor @every <duration> nor @daily …")
        }
        rule = .cron(try CronFields(fields))
    }

    /// The first time later than `date`, or nil when there is none within eight years (such as 30 February).
    public func next(after date: Date, in zone: Zone = .utc) -> Date? {
        let time = Int64(date.timeIntervalSince1970.rounded(.down))
        switch rule {
        case .every(let seconds):
            return Date(timeIntervalSince1970: Double((time.floorDivided(by: seconds) + 1) * seconds))
        case .cron(let fields):
            return Self.next(fields, after: time, in: zone).map { Date(timeIntervalSince1970: Double($0)) }
        }
    }

    /// The next times in order; fewer when there are no more.
    public func next(_ count: Int, after date: Date, in zone: Zone = .utc) -> [Date] {
        var times: [Date] = []
        var last = date
        while times.count < count, let next = next(after: last, in: zone) {
            times.append(next)
            last = next
        }
        return times
    }

    /// Works on local days, from the day before, since a doubled hour may span midnight.
    private static func next(_ fields: CronFields, after time: Int64, in zone: Zone) -> Int64? {
        let local = time + zone.offset(at: time)
        let today = Int(local.floorDivided(by: 86_400))
        for day in (today - 1)...(today + 366 * years) where fields.matches(CivilDate(dayNumber: day)) {
            var earliest: Int64?
            for hour in fields.hours {
                let start = Int64(day) * 86_400 + Int64(hour) * 3600
                // Clocks never change by more than three hours nowadays; a day is plenty for the past.
                if start + 3600 < local - 86_400 { continue }
                for minute in fields.minutes {
                    let moments = zone.moments(of: start + Int64(minute) * 60)
                    let candidates: [Int64]
                    if fields.isEveryHour {
                        candidates = moments
                    } else {
                        candidates = [moments.first ?? zone.endOfGap(around: start + Int64(minute) * 60)]
                    }
                    for moment in candidates where moment > time && moment < earliest ?? .max { earliest = moment }
                }
                // Later hours can't be earlier, but the second pass of a doubled one may come before them.
                if let found = earliest, start > found + zone.offset(at: found) + 10_800 { return found }
            }
            if let earliest { return earliest }
        }
        return nil
    }

    private static func seconds(_ text: String) throws(RecurrenceError) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if let unit = units[character], let number = Int64(digits), number < 1_000_000_000 {
                total += number * unit
                digits = ""
            } else {
                total = 0
                break
            }
        }
        guard digits.isEmpty, total > 0, total <= longest else {
            throw RecurrenceError(description: "'\(text)' is no interval: write 30s, 5m, 2h, 1d or 1h30m")
        }
        return total
    }
}

/// A recurrence that can't be read, in one line.
public struct RecurrenceError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

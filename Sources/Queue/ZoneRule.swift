/// The POSIX rule at the end of a TZif file, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Equatable {
    private enum Day: Equatable {
        /// The week-th weekday of a month; week 5 is the last.
        case weekday(month: Int, week: Int, day: Int)
        /// From 1, 29 February never counted.
        case julian(Int)
        /// From 0, 29 February counted.
        case ordinal(Int)
    }

    private struct Change: Equatable {
        let day: Day
        /// Seconds after local midnight.
        let time: Int64
    }

    private let standard: Int64
    private let summer: Int64
    private let changes: (start: Change, end: Change)?

    static func == (left: Self, right: Self) -> Bool {
        left.standard == right.standard && left.summer == right.summer && left.changes?.start == right.changes?.start
            && left.changes?.end == right.changes?.end
    }

    init?(parsing text: String) {
        var scanner = Scanner(text)
        guard scanner.skipName(), let west = scanner.time() else { return nil }
        standard = -west
        guard scanner.skipName() else {
            summer = standard
            changes = nil
            guard scanner.isAtEnd else { return nil }
            return
        }
        summer = scanner.time().map { -$0 } ?? standard + 3600
        guard let start = Self.change(&scanner), let end = Self.change(&scanner) else { return nil }
        changes = (start, end)
    }

    func offset(at time: Int64) -> Int64 {
        guard let changes else { return standard }
        let year = CivilDate(dayNumber: Int((time + standard).floorDivided(by: 86_400))).year
        let start = moment(changes.start, in: year, before: standard)
        let end = moment(changes.end, in: year, before: summer)
        let isSummer = start < end ? (start..<end).contains(time) : !(end..<start).contains(time)
        return isSummer ? summer : standard
    }

    private func moment(_ change: Change, in year: Int, before offset: Int64) -> Int64 {
        let newYear = CivilDate.dayNumber(year: year, month: 1, day: 1)
        let number: Int
        switch change.day {
        case .julian(let day): number = newYear + day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0)
        case .ordinal(let day): number = newYear + day
        case .weekday(let month, let week, let weekday):
            let first = CivilDate.dayNumber(year: year, month: month, day: 1)
            let next =
                month == 12
                ? CivilDate.dayNumber(year: year + 1, month: 1, day: 1)
                : CivilDate.dayNumber(year: year, month: month + 1, day: 1)
            var day = first + (weekday - CivilDate(dayNumber: first).weekday + 7) % 7 + 7 * (week - 1)
            while day >= next { day -= 7 }
            number = day
        }
        return Int64(number) * 86_400 + change.time - offset
    }

    private static func change(_ scanner: inout Scanner) -> Change? {
        guard scanner.skip(",") else { return nil }
        let day: Day
        if scanner.skip("M") {
            guard let month = scanner.number(), scanner.skip("."), let week = scanner.number(), scanner.skip("."),
                let weekday = scanner.number(), (1...12).contains(month), (1...5).contains(week), weekday < 7
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if scanner.skip("J") {
            guard let number = scanner.number() else { return nil }
            day = .julian(number)
        } else {
            guard let number = scanner.number() else { return nil }
            day = .ordinal(number)
        }
        guard scanner.skip("/") else { return Change(day: day, time: 7200) }
        guard let time = scanner.time() else { return nil }
        return Change(day: day, time: time)
    }

    private struct Scanner {
        private var rest: Substring

        init(_ text: String) { rest = text[...] }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        /// Letters, or anything in angle brackets.
        mutating func skipName() -> Bool {
            if skip("<") {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let name = rest.prefix { $0.isLetter }
            rest = rest[name.endIndex...]
            return !name.isEmpty
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0.isNumber }
            rest = rest[digits.endIndex...]
            return Int(digits)
        }

        /// `[+-]h[:m[:s]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard let hours = number() else { return nil }
            var seconds = hours * 3600
            if skip(":") { seconds += (number() ?? 0) * 60 }
            if skip(":") { seconds += number() ?? 0 }
            return Int64(isNegative ? -seconds : seconds)
        }
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

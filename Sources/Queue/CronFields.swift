/// The five fields of a cron line as sets.
struct CronFields: Sendable, Hashable {
    let minutes: [Int]
    let hours: [Int]
    private let days: Set<Int>
    private let months: Set<Int>
    /// 0 is Sunday.
    private let weekdays: Set<Int>
    private let isAnyDay: Bool
    private let isAnyWeekday: Bool
    /// The hour is `*`: the line means an interval, so both passes of a doubled hour count.
    let isEveryHour: Bool

    init(_ text: String) throws(RecurrenceError) {
        let fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 5 else {
            throw RecurrenceError(description: "'\(text)' has \(fields.count) fields, cron has 5")
        }
        minutes = try CronField.minute.values(in: fields[0]).sorted()
        hours = try CronField.hour.values(in: fields[1]).sorted()
        days = try CronField.day.values(in: fields[2])
        months = try CronField.month.values(in: fields[3])
        weekdays = Set(try CronField.weekday.values(in: fields[4]).map { $0 % 7 })
        isEveryHour = fields[1] == "*"
        isAnyDay = fields[2].hasPrefix("*")
        isAnyWeekday = fields[4].hasPrefix("*")
    }

    /// As cron has always had it: when both day and weekday are restricted, either is enough.
    func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let isDay = days.contains(date.day)
        let isWeekday = weekdays.contains(date.weekday)
        return isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
    }
}

/// One field: its bounds and names.
struct CronField {
    private let title: String
    private let range: ClosedRange<Int>
    private let names: [String]
    private let firstName: Int

    static let minute = CronField(title: "minute", range: 0...59)
    static let hour = CronField(title: "hour", range: 0...23)
    static let day = CronField(title: "day", range: 1...31)
    static let month = CronField(
        title: "month", range: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], firstName: 1)
    static let weekday = CronField(
        title: "weekday", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"], firstName: 0)

    private init(title: String, range: ClosedRange<Int>, names: [String] = [], firstName: Int = 0) {
        self.title = title
        self.range = range
        self.names = names
        self.firstName = firstName
    }

    /// `*`, `a`, `a-b`, each with `/step`, and lists of them.
    func values(in text: String) throws(RecurrenceError) -> Set<Int> {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let span = pieces.first, !span.isEmpty else { throw refusal(text) }
            var step = 1
            if pieces.count == 2 {
                guard let number = Int(pieces[1]), number > 0 else { throw refusal(text) }
                step = number
            }
            let bounds = span.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let low: Int
            let high: Int
            if span == "*" {
                (low, high) = (range.lowerBound, range.upperBound)
            } else if bounds.count == 2 {
                (low, high) = (try value(bounds[0], text), try value(bounds[1], text))
            } else {
                low = try value(span, text)
                high = pieces.count == 2 ? range.upperBound : low
            }
            guard low <= high else { throw refusal(text) }
            values.formUnion(stride(from: low, through: high, by: step))
        }
        return values
    }

    private func value(_ text: Substring, _ whole: String) throws(RecurrenceError) -> Int {
        if let index = names.firstIndex(of: text.lowercased()) { return index + firstName }
        guard text.allSatisfy(\.isNumber), let number = Int(text), range.contains(number) else { throw refusal(whole) }
        return number
    }

    private func refusal(_ text: String) -> RecurrenceError {
        RecurrenceError(
            description:
                "'\(text)' is no \(title): write * or \(range.lowerBound)-\(range.upperBound), lists, ranges, /step")
    }
}

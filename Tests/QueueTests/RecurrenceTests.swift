import Foundation
import Queue
import Testing

@Suite struct RecurrenceTests {
    private func date(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    private func next(_ line: String, after: String, zone: String = "UTC", _ count: Int = 1) throws -> [String] {
        try Recurrence(line).next(count, after: date(after), in: Zone(zone)).map { $0.ISO8601Format() }
    }

    @Test(arguments: [
        ("0 2 * * *", "2026-03-01T01:59:59Z", "2026-03-01T02:00:00Z"),
        ("0 2 * * *", "2026-03-01T02:00:00Z", "2026-03-02T02:00:00Z"),
        ("*/15 * * * *", "2026-03-01T10:07:30Z", "2026-03-01T10:15:00Z"),
        ("5-20/5 8,20 * * *", "2026-03-01T08:16:00Z", "2026-03-01T08:20:00Z"),
        ("5-20/5 8,20 * * *", "2026-03-01T08:20:00Z", "2026-03-01T20:05:00Z"),
        ("50/5 * * * *", "2026-03-01T08:51:00Z", "2026-03-01T08:55:00Z"),
        ("0 9 * * MON-FRI", "2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z"),
        ("0 9 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T09:00:00Z"),
        ("0 0 1 jan *", "2026-03-02T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("0 0 13 * FRI", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z"),
        ("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 31 * *", "2026-04-01T00:00:00Z", "2026-05-31T00:00:00Z"),
        ("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
        ("@daily", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z"),
        ("@weekly", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("@every 30s", "2026-03-01T12:00:01Z", "2026-03-01T12:00:30Z"),
        ("@every 1h30m", "1970-01-01T01:30:00Z", "1970-01-01T03:00:00Z"),
    ])
    func `the next time of a line`(line: String, after: String, expected: String) throws {
        #expect(try next(line, after: after) == [expected])
    }

    @Test func `a date that never comes has no next time`() throws {
        #expect(try next("0 0 30 2 *", after: "2026-01-01T00:00:00Z").isEmpty)
    }

    @Test func `the leap day of a century that is none is passed over`() throws {
        #expect(try next("0 0 29 2 *", after: "2096-03-01T00:00:00Z") == ["2104-02-29T00:00:00Z"])
    }

    @Test(arguments: [
        "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *",
        "a * * * *", "1,,2 * * * *", "@every", "@every 0s", "@every 5", "@every 5x", "@every 3000d", "@sometimes",
        "-1 * * * *",
    ])
    func `nonsense is refused in one line`(line: String) {
        let error = #expect(throws: RecurrenceError.self) { try Recurrence(line) }
        #expect(error?.description.contains("\n") == false)
    }

    // Berlin: 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00.

    @Test func `a skipped time runs once, right after the gap`() throws {
        let times = try next("30 2 * * *", after: "2026-03-28T12:00:00Z", zone: "Europe/Berlin", 2)
        #expect(times == ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
    }

    @Test func `several skipped times run once together`() throws {
        let times = try next("0,20,40 2 * * *", after: "2026-03-28T12:00:00Z", zone: "Europe/Berlin", 2)
        #expect(times == ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"])
    }

    @Test func `a skipped time and the end of the gap are one tick`() throws {
        let times = try next("0 2,3 * * *", after: "2026-03-29T00:00:00Z", zone: "Europe/Berlin", 2)
        #expect(times == ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"])
    }

    @Test func `a doubled time runs once, in the first pass`() throws {
        let times = try next("30 2 * * *", after: "2026-10-24T12:00:00Z", zone: "Europe/Berlin", 2)
        #expect(times == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
        #expect(
            try next("30 2 * * *", after: "2026-10-25T00:45:00Z", zone: "Europe/Berlin") == ["2026-10-26T01:30:00Z"])
    }

    @Test func `an hourly line follows the clock through both changes`() throws {
        #expect(
            try next("30 * * * *", after: "2026-10-25T00:00:00Z", zone: "Europe/Berlin", 3)
                == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"])
        #expect(
            try next("30 * * * *", after: "2026-03-29T00:00:00Z", zone: "Europe/Berlin", 2)
                == ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"])
    }

    @Test func `a change at midnight skips and doubles days rightly`() throws {
        // Beirut: 2026-03-29 00:00 → 01:00; 2026-10-25 00:00 → 2026-10-24 23:00.
        #expect(
            try next("0 0 * * *", after: "2026-03-28T12:00:00Z", zone: "Asia/Beirut") == ["2026-03-28T22:00:00Z"])
        #expect(
            try next("30 23 * * *", after: "2026-10-24T12:00:00Z", zone: "Asia/Beirut", 2)
                == ["2026-10-24T20:30:00Z", "2026-10-25T21:30:00Z"])
    }

    @Test func `half-hour changes and far years follow the zone's rule`() throws {
        // Lord Howe: 2026-10-04 02:00 → 02:30.
        #expect(
            try next("15 2 * * *", after: "2026-10-03T12:00:00Z", zone: "Australia/Lord_Howe")
                == ["2026-10-03T15:30:00Z"])
        #expect(
            try next("0 12 1 7 *", after: "2060-01-01T00:00:00Z", zone: "America/New_York") == ["2060-07-01T16:00:00Z"])
        #expect(
            try next("0 12 1 1 *", after: "2060-02-01T00:00:00Z", zone: "America/New_York") == ["2061-01-01T17:00:00Z"])
    }

    @Test func `an unknown zone is refused`() {
        #expect(throws: ZoneError.self) { try Zone("Europe/Nowhere") }
        #expect(throws: ZoneError.self) { try Zone("../../etc/passwd") }
        #expect(throws: ZoneError.self) { try Zone("") }
    }

    @Test func `the rules agree with the system's for every day of forty years`() throws {
        for name in ["Europe/Berlin", "America/Sao_Paulo", "Australia/Sydney", "Asia/Kathmandu", "Africa/Casablanca"] {
            let system = try #require(TimeZone(identifier: name))
            let zone = try Zone(name)
            for day in 0..<14_600 {
                let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 631_152_000)
                guard zone.secondsFromGMT(for: date) == system.secondsFromGMT(for: date) else {
                    Issue.record("\(name) differs at \(date)")
                    break
                }
            }
        }
    }
}

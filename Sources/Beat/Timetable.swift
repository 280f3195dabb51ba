package import Queue

/// What happens when, in the time zone of `TIME_ZONE`.
///
/// The times are the program's; an operator may change or switch off an entry on the scheduler page, and such changes
/// stay. An entry whose last run is unfinished is skipped.
package enum Timetable {
    package static let entries = [
        Entry(
            "backup", at: "0 1 * * *", ifMissed: .latest,
            "Copies the database to the folder backups, checks the copy and keeps the newest seven"),
        Entry(
            "daily_housekeeping", at: "0 2 * * *", ifMissed: .latest,
            "Removes stale conversations, stray messages, unverified accounts and expired records; stores statistics"),
        Entry(
            "weekly_cleanup", at: "0 3 * * 0", ifMissed: .latest,
            "Removes stale conversations"),
        Entry(
            "statistics", at: "0 */6 * * *", ifMissed: .none,
            "Stores a point of the usage statistics"),
        Entry(
            "knowledge_refresh", at: "*/5 * * * *", ifMissed: .none,
            "Reads knowledge_base.txt again when it changed"),
    ]

    /// What Beat does itself, shown with the others; it can't be switched off.
    package static let reconcile = Entry(
        "reconcile", at: "@every 30s", ifMissed: .none,
        "Hands the queue what the Store knows as unfinished and the queue does not hold; expires the overdue")

    /// A line of the timetable. The work behind a name is in `Chores`.
    package struct Entry: Sendable {
        package let name: String
        /// Five fields, or `@every 30s`.
        package let cron: String
        package let catchUp: ScheduledEntry.CatchUp
        package let description: String

        init(_ name: String, at cron: String, ifMissed catchUp: ScheduledEntry.CatchUp, _ description: String) {
            self.name = name
            self.cron = cron
            self.catchUp = catchUp
            self.description = description
        }
    }
}

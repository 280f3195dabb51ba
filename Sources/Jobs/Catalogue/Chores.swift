public import Queue

/// The work of the timetable by the names under which it can also be asked for by hand.
public enum Chores {
    /// The entries of the timetable that a worker does.
    public static let entries = [
        "daily_housekeeping", "weekly_cleanup", "statistics", "backup", "knowledge_refresh",
    ]

    /// Every name that ``job(named:)`` knows.
    public static let names = CleanupTask.allCases.map(\.rawValue) + ["all"] + entries

    /// The job behind a name; nil for a name that is none.
    public static func job(named name: String) -> (any Job)? {
        switch name {
        case "daily_housekeeping", "all": RunHousekeeping(entry: name, tasks: CleanupTask.allCases)
        case "weekly_cleanup": RunHousekeeping(entry: name, tasks: [.conversations])
        case "statistics": StoreStatistics()
        case "backup": BackupDatabase()
        case "knowledge_refresh": RefreshKnowledge()
        default: CleanupTask(rawValue: name).map { RunHousekeeping(entry: name, tasks: [$0]) }
        }
    }

    /// The Store's unique key of a chore: one of a name runs at a time, whoever asked for it.
    public static func uniqueKey(of name: String) -> String {
        "chore:\(name)"
    }
}

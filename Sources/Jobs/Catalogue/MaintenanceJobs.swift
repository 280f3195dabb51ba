public import Queue

/// What the cleanup jobs can do; the raw values are those of the administration API.
public enum CleanupTask: String, Codable, Sendable, CaseIterable {
    /// Conversations without activity for the retention time; pinned ones are kept.
    case conversations
    /// Messages without a conversation and placeholders whose job is gone.
    case messages
    /// Accounts whose address was not verified in time; never administrators.
    case users
    /// A point of the usage statistics.
    case stats
}

/// Runs cleanup tasks one after the other, in small batches.
public struct RunHousekeeping: Job {
    public static let kind = "housekeeping"
    public static let policy = JobPolicy(
        queue: JobQueues.maintenance, maximumAttempts: 3, timeLimit: .seconds(3600),
        backoff: .steps(.seconds(60), .seconds(300)))

    /// The timetable's entry or the task that was asked for.
    public var entry: String
    public var tasks: [CleanupTask]

    public init(entry: String, tasks: [CleanupTask]) {
        self.entry = entry
        self.tasks = tasks
    }
}

/// Stores a point of the usage statistics.
public struct StoreStatistics: Job {
    public static let kind = "statistics"
    public static let policy = JobPolicy(
        queue: JobQueues.maintenance, maximumAttempts: 3, timeLimit: .seconds(3600),
        backoff: .steps(.seconds(60), .seconds(300)))

    public init() {}
}

/// Copies the database while it is in use, and checks the copy.
public struct BackupDatabase: Job {
    public static let kind = "backup"
    public static let policy = JobPolicy(
        queue: JobQueues.maintenance, maximumAttempts: 3, timeLimit: .seconds(3600),
        backoff: .steps(.seconds(60), .seconds(300)))

    public init() {}
}

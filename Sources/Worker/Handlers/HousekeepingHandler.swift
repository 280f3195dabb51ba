import Identifiers
package import FoundationEssentials
package import Jobs
package import Queue
import Store

/// Cleans up, batch by batch, until nothing is left that is older than it may be.
package struct HousekeepingHandler: Sendable {
    /// How long things are kept.
    package struct Retention: Sendable {
        package var conversationDays: Int
        package var unverifiedDays: Int
        package var jobs: Duration

        package init(conversationDays: Int, unverifiedDays: Int, jobs: Duration) {
            self.conversationDays = conversationDays
            self.unverifiedDays = unverifiedDays
            self.jobs = jobs
        }
    }

    let run: TrackedRun
    let retention: Retention
    let batch: Int
    let now: @Sendable () -> Date

    package init(
        run: TrackedRun, retention: Retention, batch: Int = 500, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.run = run
        self.retention = retention
        self.batch = batch
        self.now = now
    }

    package func handle(_ job: RunHousekeeping, _ attempt: Attempt) async throws {
        try await run(attempt) { row in
            var report = CleanupReport()
            for task in job.tasks {
                let part = try await perform(task)
                try await run.store.schedules.log("\(task.rawValue): \(part.line)\n", of: row.id)
                report.add(part, of: task)
            }
            if job.tasks.count == CleanupTask.allCases.count { try await removeExpired(row.id) }
            return report.json
        }
    }

    private func perform(_ task: CleanupTask) async throws -> CleanupReport.Part {
        let time = now()
        let store = run.store
        switch task {
        case .conversations:
            try await removeDeletedConversations(before: time.addingTimeInterval(-30))
            let limit = time.daysAgo(retention.conversationDays)
            var part = CleanupReport.Part()
            while true {
                try Task.checkCancellation()
                let removed = try await store.housekeeping.removeStaleConversations(inactiveSince: limit, limit: batch)
                guard removed.rows > 0 else { return part }
                part.deleted += removed.conversations
                part.messages += removed.messages
            }
        case .messages:
            return try await removeMessages(before: time.addingTimeInterval(-24 * 3600))
        case .users:
            let limit = time.daysAgo(retention.unverifiedDays)
            var part = CleanupReport.Part()
            while true {
                try Task.checkCancellation()
                let removed = try await store.housekeeping.removeUnverifiedAccounts(joinedBefore: limit, limit: batch)
                guard removed.rows > 0 else { return part }
                part.deleted += removed.accounts
                part.messages += removed.messages
            }
        case .stats:
            _ = try await store.statistics.storePoint(at: time)
            return CleanupReport.Part(deleted: try await store.statistics.removePoints(before: time.daysAgo(365)))
        }
    }

    /// What people deleted goes for good once it can't be brought back any more.
    private func removeDeletedConversations(before time: Date) async throws {
        while try await run.store.conversations.purge(deletedBefore: time, limit: batch) > 0 {
            try Task.checkCancellation()
        }
    }

    private func removeMessages(before time: Date) async throws -> CleanupReport.Part {
        var part = CleanupReport.Part()
        while true {
            try Task.checkCancellation()
            let removed = try await run.store.housekeeping.removeOrphanMessages(writtenBefore: time, limit: batch)
            guard removed > 0 else { break }
            part.deleted += removed
        }
        var place: Int64? = 0
        while let start = place {
            try Task.checkCancellation()
            let slice = try await run.store.housekeeping.removeStrandedMessages(from: start, limit: batch)
            part.deleted += slice.removed
            place = slice.next
        }
        return part
    }

    /// Tokens, sessions, keys, files and old records: part of the daily round, too small to be tasks of their own.
    private func removeExpired(_ id: JobID) async throws {
        let limit = now().addingTimeInterval(-Double(retention.jobs.components.seconds))
        var total = 0
        while true {
            try Task.checkCancellation()
            let removed = try await run.store.housekeeping.removeExpired(
                jobsFinishedBefore: limit, limit: batch, at: now())
            guard removed > 0 else { break }
            total += removed
        }
        try await run.store.schedules.log("expired records: \(total) deleted\n", of: id)
        try await run.store.optimize()
    }
}

/// What a cleanup deleted: `{"deleted": n, …}` with a part for each task.
struct CleanupReport: Encodable {
    struct Part: Encodable {
        var deleted = 0
        var messages = 0

        var line: String { messages == 0 ? "\(deleted) deleted" : "\(deleted) deleted, with \(messages) messages" }
    }

    var deleted = 0
    var tasks: [String: Part] = [:]

    mutating func add(_ part: Part, of task: CleanupTask) {
        deleted += part.deleted
        tasks[task.rawValue] = part
    }

    var json: String? {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Date {
    func daysAgo(_ days: Int) -> Date { addingTimeInterval(-Double(days) * 86_400) }
}

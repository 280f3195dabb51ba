import Dispatch
import GRDB
import Synchronization

/// Moves the write-ahead log into the database from the background, on a connection of its own, so that no request pays
/// for it. Started when a process has written enough since the last time.
final class Checkpointer: Sendable {
    private struct State {
        var isRunning = false
        var pagesAtStart = 0
    }

    private let path: String
    /// About 16 MB: small enough to move in one go, large enough to be rare.
    private let interval: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tern.store.checkpoint", qos: .utility)

    init(path: String, interval: Int = 4_096) {
        self.path = path
        self.interval = interval
    }

    /// Notes after a commit how many pages this process has written so far.
    func note(writtenPages: Int) {
        let starts = state.withLock { state in
            guard !state.isRunning, writtenPages - state.pagesAtStart >= interval else { return false }
            state.isRunning = true
            state.pagesAtStart = writtenPages
            return true
        }
        guard starts else { return }
        queue.async { [self] in
            // A failure is no loss: later commits ask again, and the writer's own bound stands behind it.
            _ = try? move()
            state.withLock { $0.isRunning = false }
        }
    }

    /// Moves what no reader holds back, now; returns the log's pages and how many of them are moved.
    func run() async throws -> (logPages: Int, movedPages: Int) {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in continuation.resume(with: Result { try move() }) }
        }
    }

    private func move() throws -> (logPages: Int, movedPages: Int) {
        let connection = try DatabaseQueue(path: path)
        defer { try? connection.close() }
        return try connection.writeWithoutTransaction { database in
            let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            return (logPages: row?[1] ?? 0, movedPages: row?[2] ?? 0)
        }
    }
}

import Store
package import Jobs
package import Queue

/// Stores a point of the usage statistics.
package struct StatisticsHandler: Sendable {
    let run: TrackedRun

    package init(run: TrackedRun) {
        self.run = run
    }

    package func handle(_: StoreStatistics, _ attempt: Attempt) async throws {
        try await run(attempt) { _ in
            _ = try await run.store.statistics.storePoint()
            return #"{"deleted":0}"#
        }
    }
}

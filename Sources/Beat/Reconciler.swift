package import Logging
import ServiceLifecycle
package import Store

/// Reconciles at the start and then every 30 seconds, and moves the database's log on.
package struct Reconciler: Service {
    let reconciliation: Reconciliation
    let store: Store
    let pause: Duration
    let logger: Logger

    package init(reconciliation: Reconciliation, store: Store, pause: Duration = .seconds(30), logger: Logger) {
        self.reconciliation = reconciliation
        self.store = store
        self.pause = pause
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await round()
                try? await Task.sleep(for: pause)
            }
        }
    }

    private func round() async {
        do {
            if let report = try await reconciliation.pass() {
                try await store.schedules.noteTick(of: Timetable.reconcile.name)
                tell(report)
            }
            try await store.checkpoint()
        } catch is CancellationError {
        } catch {
            logger.warning("not reconciled", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ report: Reconciliation.Report) {
        guard report != Reconciliation.Report() else { return }
        logger.notice(
            "reconciled",
            metadata: [
                "jobs.enqueued": "\(report.enqueued)", "jobs.expired": "\(report.expired)",
                "jobs.cancelled": "\(report.cancelled)", "jobs.failed": "\(report.failed)",
                "rows.purged": "\(report.purged)",
            ])
    }
}

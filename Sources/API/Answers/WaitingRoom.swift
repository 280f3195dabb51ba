import Identifiers
import Jobs
import ServiceLifecycle
import Synchronization

/// Where requests wait for news of a job, and are sent home when the process stops.
///
/// One service for all of them: to watch for shutdown by itself would cost each waiter two tasks.
final class WaitingRoom: Service {
    private let doorbell: Doorbell
    private let isClosed = Mutex(false)

    init(doorbell: Doorbell) { self.doorbell = doorbell }

    /// Runs until shutdown; it must start last, so that it ends before the server waits for its requests.
    func run() async throws {
        try? await gracefulShutdown()
        isClosed.withLock { $0 = true }
        doorbell.ringAll()
    }

    /// Starts to hear a job's bell: listen first, then look, then wait.
    func listen(_ id: JobID) -> Listener { doorbell.listen(id) }

    /// Waits for a ring, at most so long; false when there is nothing to wait for any more.
    func wait(_ listener: Listener, atMost limit: Duration) async -> Bool {
        _ = await listener.wait(for: limit)
        return !isClosed.withLock { $0 } && !Task.isCancelled
    }
}

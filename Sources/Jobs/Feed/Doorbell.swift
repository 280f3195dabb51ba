public import Identifiers
public import Logging
public import Redis
public import ServiceLifecycle
import Synchronization

/// Wakes whoever waits for news of a job: one subscription a process, however many wait.
///
/// Listen first, then look, then wait: a ring between the look and the wait is kept. Rings say only that there may be
/// something new. After a break of the connection everybody is rung, since their bells may have been missed.
public final class Doorbell: Service, Sendable {
    private let bells = Bells()
    private let subscriber: RedisSubscriber
    private let channel: String

    public init(_ address: RedisAddress, namespace: String = "tern", logger: Logger? = nil) {
        channel = FeedKeys(namespace: namespace).bell
        let bells = bells
        subscriber = RedisSubscriber(address, logger: logger) { event in
            switch event {
            case .connected: bells.ringAll()
            case .message(_, let bytes): if let id = JobID(String(decoding: bytes, as: UTF8.self)) { bells.ring(id) }
            }
        }
    }

    /// Starts to hear a job's bell; ends with the listener's life.
    public func listen(_ id: JobID) -> Listener {
        Listener(id, bells)
    }

    /// Rings everybody, as when the process stops and waiting is over.
    public func ringAll() {
        bells.ringAll()
    }

    /// How many listen now.
    public var listenerCount: Int { bells.count }

    /// Returns when the server has confirmed the subscription; it is made later when the server can't be reached now.
    public func connect() async throws {
        try await subscriber.subscribe(to: channel)
    }

    public func run() async throws {
        // The subscriber goes on trying by itself; until then nobody is rung and waiters look when their time is up.
        try? await connect()
        await cancelWhenGracefulShutdown {
            // Nothing to do but be there.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
        await subscriber.close()
        bells.ringAll()
    }
}

/// One interest in a job's bell.
public final class Listener: Sendable {
    private let ear = Ear()
    private let id: JobID
    private let bells: Bells

    init(_ id: JobID, _ bells: Bells) {
        self.id = id
        self.bells = bells
        bells.add(ear, to: id)
    }

    deinit {
        bells.remove(ear, from: id)
    }

    /// Stops hearing before the listener's life ends; a waiting call returns false.
    public func close() {
        bells.remove(ear, from: id)
        ear.close()
    }

    /// Waits for a ring since the last wait: true when there was one, false when the time is up or the task is cancelled.
    ///
    /// One wait at a time.
    public func wait(for limit: Duration) async -> Bool {
        guard let number = ear.beginWait() else { return true }
        guard limit > .zero else { return false }
        let ear = ear
        let timer = Task {
            try await Task.sleep(for: limit)
            ear.endWait(number)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { ear.await($0, number) }
        } onCancel: {
            ear.endWait(number)
        }
    }
}

import Identifiers
import Jobs
import Logging
import Queue
import ServiceLifecycle
import Synchronization

/// Where a waiting job stands.
struct QueuePlace: Sendable, Equatable {
    /// Jobs ahead of it.
    let position: Int?
    let etaSeconds: Int?
    /// Why it waits, when it is more than its turn: `no_worker` or `paused`.
    let reason: String?
}

extension JSONWriter {
    mutating func member(_ name: String, _ place: QueuePlace?) {
        guard let place else { return member(name, nil as String?) }
        object(name) { json in
            json.member("position", place.position)
            json.member("eta_seconds", place.etaSeconds)
            json.member("reason", place.reason)
        }
    }
}

/// Looks at the queues once a second, so that no request has to.
final class QueueWatch: Service {
    private struct State {
        var queues: [String: QueueStatus] = [:]
        /// How many jobs of each queue the live workers can run at once.
        var slots: [String: Int] = [:]
        /// Mean seconds of an answer, learnt from those that ended.
        var secondsAnAnswer = 4.0
    }

    private let queue: JobQueue
    private let logger: Logger
    private let state = Mutex(State())

    init(queue: JobQueue, logger: Logger) {
        self.queue = queue
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The age in seconds of the oldest ready answer that no worker died with; 0 while it is not known.
    var answerLatency: Double {
        state.withLock { $0.queues[JobQueues.answers]?.newJobLatencySeconds ?? 0 }
    }

    /// Learns from an answer that ended how long the next may take.
    func note(answerSeconds seconds: Double) {
        guard seconds > 0 else { return }
        state.withLock { $0.secondsAnAnswer += (seconds - $0.secondsAnAnswer) * 0.1 }
    }

    /// Where a ready job stands, as far as Redis tells.
    func place(of id: JobID, in name: String) async -> QueuePlace {
        let position = try? await queue.position(of: id)
        let (status, slots, pace) = state.withLock { ($0.queues[name], $0.slots[name], $0.secondsAnAnswer) }
        if let status, status.isPaused { return QueuePlace(position: position, etaSeconds: nil, reason: "paused") }
        if let status, status.workers == 0 {
            return QueuePlace(position: position, etaSeconds: nil, reason: "no_worker")
        }
        let eta = position.map { Int((Double($0 + 1) * pace / Double(max(1, slots ?? 1))).rounded(.up)) }
        return QueuePlace(position: position, etaSeconds: eta, reason: nil)
    }

    private func look() async {
        do {
            let queues = try await queue.queues()
            var slots: [String: Int] = [:]
            for worker in try await queue.workers() where !worker.isQuiet {
                for name in worker.queues { slots[name, default: 0] += worker.concurrency }
            }
            state.withLock { [slots] state in
                state.slots = slots
                state.queues = Dictionary(queues.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            }
        } catch {
            // What was last seen says nothing any more; admission must not depend on it.
            state.withLock { $0.queues = [:] }
            logger.debug("queues unknown", metadata: ["error": "\(error)"])
        }
    }
}

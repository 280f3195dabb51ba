import Synchronization

/// Waits for an operation that can't be cut short, but not for ever.
enum Deadline {
    /// What the operation gives, or nil when it takes longer than the limit. The operation goes on by itself then, and what
    /// it gives is dropped.
    static func value<Value: Sendable>(
        within limit: Duration, of operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let race = Race<Value>()
        let timer = Task {
            try? await Task.sleep(for: limit)
            race.end(with: nil)
        }
        Task {
            race.end(with: await operation())
            timer.cancel()
        }
        return await withCheckedContinuation { race.begin($0) }
    }

    /// Resumes the one who waits with whatever comes first.
    private final class Race<Value: Sendable>: Sendable {
        private enum State {
            case waiting(CheckedContinuation<Value?, Never>?)
            case ended(Value?)
        }

        private let state = Mutex(State.waiting(nil))

        func begin(_ continuation: CheckedContinuation<Value?, Never>) {
            let early: Value?? = state.withLock { state in
                if case .ended(let value) = state { return .some(value) }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }

        func end(with value: Value?) {
            let continuation: CheckedContinuation<Value?, Never>? = state.withLock { state in
                guard case .waiting(let continuation) = state else { return nil }
                state = .ended(value)
                return continuation
            }
            continuation?.resume(returning: value)
        }
    }
}

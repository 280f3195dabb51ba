import Synchronization

/// Wakes one waiting task; a signal raised while nobody waits is kept, several count as one.
final class Signal: Sendable {
    private enum State {
        case quiet
        case raised
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func raise() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .awaited(let continuation) = state else {
                state = .raised
                return nil
            }
            state = .quiet
            return continuation
        }
        waiter?.resume()
    }

    /// Only one task may wait.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if case .raised = state {
                    state = .quiet
                    return true
                }
                state = .awaited(continuation)
                return false
            }
            if isRaised { continuation.resume() }
        }
    }
}

/// A pause that cancellation doesn't cut short, for loops that must not spin while their task is being ended.
func rest(for time: Duration) async {
    await Task { try? await Task.sleep(for: time) }.value
}

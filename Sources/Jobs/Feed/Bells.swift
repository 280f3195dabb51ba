import Identifiers
import Synchronization

/// Who listens to which job.
final class Bells: Sendable {
    private let ears = Mutex<[JobID: [Ear]]>([:])

    var count: Int { ears.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    func add(_ ear: Ear, to id: JobID) {
        ears.withLock { $0[id, default: []].append(ear) }
    }

    func remove(_ ear: Ear, from id: JobID) {
        ears.withLock { ears in
            ears[id]?.removeAll { $0 === ear }
            if ears[id]?.isEmpty == true { ears[id] = nil }
        }
    }

    func ring(_ id: JobID) {
        for ear in ears.withLock({ $0[id] ?? [] }) { ear.ring() }
    }

    func ringAll() {
        for ear in ears.withLock({ $0.values.flatMap { $0 } }) { ear.ring() }
    }
}

/// Keeps a ring until somebody waits for it, and one waiter until it rings.
final class Ear: Sendable {
    private struct State {
        var isRung = false
        var isClosed = false
        var lastNumber = 0
        /// Waits up to this number are over, also one that has not begun yet.
        var endedNumber = 0
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// The number of a new wait; nil when it rang already, which is taken.
    func beginWait() -> Int? {
        state.withLock { state in
            if state.isRung {
                state.isRung = false
                return nil
            }
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    func await(_ continuation: CheckedContinuation<Bool, Never>, _ number: Int) {
        let answer: Bool? = state.withLock { state in
            if state.isRung {
                state.isRung = false
                return true
            }
            if state.isClosed || state.endedNumber >= number { return false }
            state.waiter = continuation
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    func endWait(_ number: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.endedNumber = max(state.endedNumber, number)
            guard state.lastNumber == number else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }

    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let waiter = state.waiter else {
                state.isRung = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: true)
    }

    func close() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }
}

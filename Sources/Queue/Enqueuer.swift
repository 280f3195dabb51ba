import Redis
import Synchronization

/// Coalesces concurrent enqueues of a process: while one call is under way, the next gathers.
///
/// A lone caller is not kept waiting, and a crowd shares round trips. Calls are numbered and go one after the other,
/// so a call whose reply was lost is sent again under its number and adds nothing twice.
final class Enqueuer: Sendable {
    private static let jobsPerCall = 256
    private static let tries = 3

    private struct State {
        var waiting: [EnqueueCall.Caller] = []
        var isBusy = false
        var number: Int64 = 0
    }

    private let redis: RedisConnection
    private let prefix: String
    private let producer: String
    private let state = Mutex(State())

    init(redis: RedisConnection, prefix: String) {
        self.redis = redis
        self.prefix = prefix
        producer = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// - Throws: ``RedisError`` after three tries; a job may then have been added or not.
    func enqueue(_ jobs: [PreparedJob]) async throws -> [Enqueued] {
        try await withCheckedThrowingContinuation { continuation in
            let call = state.withLock { state -> EnqueueCall? in
                state.waiting.append(.init(jobs: jobs, continuation: continuation))
                return state.isBusy ? nil : nextCall(&state)
            }
            if let call { submit(call) }
        }
    }

    private func nextCall(_ state: inout State) -> EnqueueCall? {
        var jobs = 0
        var count = 0
        for caller in state.waiting where jobs < Self.jobsPerCall {
            jobs += caller.jobs.count
            count += 1
        }
        state.isBusy = count > 0
        guard count > 0 else { return nil }
        let callers = Array(state.waiting.prefix(count))
        state.waiting.removeFirst(count)
        state.number += 1
        return EnqueueCall(callers, producer: producer, number: state.number, prefix: prefix)
    }

    private func submit(_ call: EnqueueCall) {
        let script = Scripts.enqueue
        guard let hash = script.knownHash else {
            return redis.submit(script.load) { [self] result in
                do throws(RedisError) {
                    try script.learn(from: try result.get())
                    submit(call)
                } catch {
                    guard !error.isAmbiguous || call.tries == Self.tries else { return again(call) }
                    proceed()
                    call.fail(error)
                }
            }
        }
        redis.submit(call.command(script: hash)) { [self] result in
            switch result {
            case .success(let reply):
                proceed()
                call.succeed(reply)
            case .failure(.server(let message)) where message.hasPrefix("NOSCRIPT") && call.tries < Self.tries:
                redis.submit(script.load) { _ in }
                again(call)
            case .failure(let error) where error.isAmbiguous && call.tries < Self.tries:
                again(call)
            case .failure(let error):
                proceed()
                call.fail(error)
            }
        }
    }

    private func again(_ call: EnqueueCall) {
        var call = call
        call.tries += 1
        submit(call)
    }

    private func proceed() {
        let call = state.withLock { nextCall(&$0) }
        if let call { submit(call) }
    }
}

import Logging
import Redis
import Synchronization

/// The one task that acknowledges and claims.
extension JobRunner {
    /// Returns when a drain has ended.
    func claimLoop(_ control: RedisSubscriber, _ blocking: RedisBlockingConnection) async {
        while true {
            if state.withLock({ $0.isEvicted }) { await reincarnate(control) }
            await sendFailures()
            await giveBackStrays()
            if let call = nextCall() {
                await perform(call)
                continue
            }
            let (isFinished, isIdle) = state.withLock { state in
                (
                    state.isDraining && (state.isIdle || state.isEvicted),
                    !state.isDraining && !state.mayHaveWork && state.free(of: configuration.concurrency) > 0
                )
            }
            if isFinished || isHopeless { return }
            if isIdle {
                idleness.raise()
                if mustListenAnew() { blocking.interrupt() }
            }
            await news.wait()
        }
    }

    /// A queue that was at its limit may give work again, and the wake loop doesn't listen at it.
    private func mustListenAnew() -> Bool {
        state.withLock { state in
            let queues = configuration.queues
            guard state.unheard.contains(where: { state.runningByQueue[$0] < queues[$0].limit ?? .max }) else {
                return false
            }
            state.unheard = []
            return true
        }
    }

    private func nextCall() -> ClaimCall? {
        var generator = SystemRandomNumberGenerator()
        let now = monotonicNanoseconds()
        return state.withLock { state in
            let free = state.isEvicted ? 0 : state.free(of: configuration.concurrency, at: now)
            guard !state.acknowledgements.isEmpty || (free > 0 && state.mayHaveWork) else { return nil }
            let done = Array(state.acknowledgements.prefix(1000))
            state.acknowledgements.removeFirst(done.count)
            let shares = configuration.queues.shares(
                of: free, running: state.runningByQueue, isStrict: configuration.isStrict, using: &generator)
            return ClaimCall(
                number: state.nextCallNumber(), acknowledgements: done, free: free,
                recovery: state.recovery(at: now), shares: shares)
        }
    }

    /// Sends a call until it is answered: the number makes a repetition harmless.
    private func perform(_ call: ClaimCall) async {
        let (incarnation, announcements) = state.withLock { ($0.incarnation, $0.announcements) }
        var pause = Duration.milliseconds(50)
        while !isHopeless, !isFutile(call) {
            do {
                let value = try await redis.evaluate(Scripts.ackfetch) { hash in
                    call.command(
                        script: hash, incarnation: incarnation, prefix: keys.prefix, configuration: configuration)
                }
                let reply = try ClaimReply(value, queues: queueIndices, aloneAfter: configuration.poisonLimit - 1)
                return accept(reply, of: call, announcements)
            } catch {
                logger.warning("no answer to a claim", metadata: ["error": "\(error)"])
                await restBeforeAnotherTry(&pause)
            }
        }
        if isHopeless { state.withLock { $0.acknowledgements = [] } }
    }

    /// It would only claim, and nothing is claimed any more.
    private func isFutile(_ call: ClaimCall) -> Bool {
        call.acknowledgements.isEmpty && state.withLock { $0.isDraining && $0.isEmpty }
    }

    private func accept(_ reply: ClaimReply, of call: ClaimCall, _ announcements: Int) {
        switch reply {
        case .evicted: state.withLock { $0.isEvicted = true }
        case .stale:
            // Only another process under the same incarnation could bring this about.
            logger.critical("a newer claim of this worker was seen")
            state.withLock { $0.isEvicted = true }
        case .claimed(let result):
            metrics.claimed(result)
            if result.lost > 0 {
                logger.warning("acknowledged jobs were not held", metadata: ["jobs": "\(result.lost)"])
            }
            let now = monotonicNanoseconds()
            state.withLock { state in
                // A call without free slots doesn't look for suspects.
                if call.free > 0 { state.mustEmpty(result.mustEmpty, at: now) }
                // Nothing runs, and still something is held.
                if result.mustEmpty, state.isIdle { state.mustCompare = true }
                if call.free > 0, result.jobs.count < call.free, state.announcements == announcements {
                    // A call looks at so many entries at most: behind stale ones there may be work.
                    state.mayHaveWork = result.mustEmpty || result.dropped > 0
                }
                for job in result.jobs { start(job, at: now, in: &state) }
            }
        }
    }

    private func start(_ job: Claimed, at now: Int64, in state: inout Slots) {
        let token = state.nextToken()
        state.fill(
            Slots.Slot(
                job: job, token: token, task: Task { await self.execute(job, token) }, startedAt: now,
                overdueAt: now &+ job.timeLimit.nanoseconds))
    }

    /// Longer every time, but not in a drain, whose end must be noticed.
    func restBeforeAnotherTry(_ pause: inout Duration) async {
        await rest(for: state.withLock { $0.isDraining } ? min(pause, .milliseconds(200)) : pause)
        pause = min(pause * 2, .seconds(1))
    }

    /// For Redis, after the end of a drain, in nanoseconds.
    static var patienceAfterDrain: Int64 { 2_000_000_000 }

    /// The drain is over and Redis doesn't answer: the lease will bring the jobs back.
    var isHopeless: Bool {
        state.withLock { state in
            guard case .draining(let until) = state.phase else { return false }
            return monotonicNanoseconds() > until + Self.patienceAfterDrain
        }
    }
}

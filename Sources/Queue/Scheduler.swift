public import FoundationEssentials
public import Identifiers
public import Logging
import Metrics
import Redis
public import ServiceLifecycle

/// Fires a timetable's ticks. Any number may run: one leads, the others wait to take its place, and each tick fires
/// once even if two should take themselves for the leader.
public struct Scheduler: Service {
    public typealias WillFire = @Sendable (_ entry: String, _ tick: Date, _ id: JobID) async throws -> Bool

    let queue: JobQueue
    private let entries: @Sendable () async throws -> [ScheduledEntry]
    private let willFire: WillFire
    private let configuration: Configuration
    private let logger: Logger

    /// - Parameters:
    ///   - entries: the timetable, asked for at every round, every few seconds.
    ///   - willFire: the application's own record of the tick, made before the job is enqueued; false when the tick
    ///     is recorded already, and then nothing is enqueued here.
    public init(
        queue: JobQueue, entries: @escaping @Sendable () async throws -> [ScheduledEntry],
        willFire: @escaping WillFire = { _, _, _ in true }, configuration: Configuration = Configuration(),
        logger: Logger
    ) {
        self.queue = queue
        self.entries = entries
        self.willFire = willFire
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until graceful shutdown or cancellation, and then gives the leader's place up.
    public func run() async throws {
        let name = Incarnation.make()
        await cancelWhenGracefulShutdown {
            var wasLeader = false
            while !Task.isCancelled {
                do {
                    let isLeader = try await lead(name, for: configuration.leadership)
                    if isLeader, !wasLeader { logger.notice("this beat leads", metadata: ["beat": "\(name)"]) }
                    wasLeader = isLeader
                    let longest = configuration.leadership / 4
                    guard isLeader else {
                        try await Task.sleep(for: longest)
                        continue
                    }
                    let next = try await fireDue(at: Date())
                    let untilNext = next.map { Duration.milliseconds(max(1, $0.milliseconds - Date().milliseconds)) }
                    try await Task.sleep(for: min(longest, untilNext ?? longest))
                } catch is CancellationError {
                    break
                } catch {
                    logger.error("a round of the timetable failed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
        _ = try? await lead(name, for: .zero)
    }

    /// Takes, keeps or (for no time) gives up the leader's place.
    package func lead(_ name: String, for time: Duration) async throws -> Bool {
        try await queue.redis.evaluate(
            Scripts.lead, keys: [queue.keyPrefix], arguments: [.text(name), .integer(time.milliseconds)]
        ).integer == 1
    }

    /// One round: everything that is due at `now`.
    ///
    /// - Returns: when the next tick of any entry is due.
    @discardableResult
    package func fireDue(at now: Date) async throws -> Date? {
        let entries = try await entries()
        try await forget(except: Set(entries.map(\.name)))
        var next: Date?
        for entry in entries {
            do {
                let due = try await fireDue(entry, at: now)
                if let due { next = min(next ?? due, due) }
            } catch {
                logger.error("an entry could not fire", metadata: ["entry": "\(entry.name)", "error": "\(error)"])
                next = min(next ?? now + 5, now + 5)
            }
        }
        return next
    }

    private func fireDue(_ entry: ScheduledEntry, at now: Date) async throws -> Date? {
        let memory = try await memory(of: entry, at: now)
        let next = entry.recurrence.next(after: now, in: entry.timeZone)
        let plan = TickPlan(entry, since: memory.since, now: now, tolerance: configuration.tolerance)
        var lastJob = memory.lastJob
        for tick in plan.fire {
            if entry.overlap == .skip, let job = lastJob, try await queue.states(of: [job])[0]?.isUnfinished == true {
                logger.notice(
                    "a tick was skipped: the job before it is unfinished", metadata: ["entry": "\(entry.name)"])
                try await note(entry, tick, next)
                continue
            }
            if try await fire(entry, tick: tick, next: next) {
                lastJob = ScheduledEntry.jobID(entry: entry.name, tick: tick)
            }
        }
        if let passed = plan.passed { try await note(entry, passed, next) }
        if memory.next != next {
            _ = try await queue.redis.send(
                "HSET", .text(queue.keys.cron(entry.name)), "next", .text(next.map { "\($0.milliseconds)" } ?? ""))
        }
        return next
    }

    /// Fires one tick; of many callers one gets true.
    package func fire(_ entry: ScheduledEntry, tick: Date, next: Date? = nil) async throws -> Bool {
        let id = ScheduledEntry.jobID(entry: entry.name, tick: tick)
        let job = try entry.makeJob(tick, id)
        guard try await willFire(entry.name, tick, id) else {
            // Whoever recorded it enqueues it, or reconciliation does.
            return false
        }
        var body: [UInt8] = []
        PreparedJob.envelope(job, enqueuedAt: Date().milliseconds).append(to: &body)
        let code = try await cronfire(
            entry, tick, next,
            [
                "fire", .bytes(job.id.bytes), .text(job.policy.queue), .integer(job.priority.rawValue),
                .text(job.policy.isTracked ? "" : "1"), .bytes(body),
            ])
        guard code == 1 else { return false }
        logger.info("fired", metadata: ["entry": "\(entry.name)", "job.id": "\(job.id)"])
        Counter(label: "queue_ticks_fired_total", dimensions: [("entry", entry.name)]).increment()
        return true
    }

    private func note(_ entry: ScheduledEntry, _ tick: Date, _ next: Date?) async throws {
        _ = try await cronfire(entry, tick, next, ["note"])
    }

    private func cronfire(
        _ entry: ScheduledEntry, _ tick: Date, _ next: Date?, _ rest: [RedisArgument]
    ) async throws -> Int64? {
        try await queue.redis.evaluate(
            Scripts.cronfire, keys: [queue.keyPrefix],
            arguments: [
                .text(entry.name), .integer(tick.milliseconds), .text(next.map { "\($0.milliseconds)" } ?? ""),
            ] + rest
        ).integer
    }

    /// What Redis remembers of an entry; an entry never seen before counts from now on.
    private func memory(
        of entry: ScheduledEntry, at now: Date
    ) async throws -> (since: Date, lastJob: JobID?, next: Date?) {
        let key = RedisArgument.text(queue.keys.cron(entry.name))
        let replies = try await queue.redis.send([
            RedisCommand("HSETNX", key, "seen", .integer(now.milliseconds)),
            RedisCommand("SADD", .text(queue.keys.crons), .text(entry.name)),
            RedisCommand("HMGET", key, "last", "seen", "job", "next"),
        ])
        let fields = try replies[2].get().array ?? []
        guard fields.count == 4 else { throw RedisError.unexpectedReply("HMGET") }
        let known = [fields[0].integer.map(Date.init(milliseconds:)), entry.lastFire].compactMap { $0 }.max()
        return (
            known ?? fields[1].integer.map(Date.init(milliseconds:)) ?? now,
            fields[2].bytes.flatMap { JobID(bytes: $0[...]) }, fields[3].integer.map(Date.init(milliseconds:))
        )
    }

    /// Entries that are no longer in the timetable leave the status; what they fired is remembered.
    private func forget(except names: Set<String>) async throws {
        let known = try await queue.redis.send("SMEMBERS", .text(queue.keys.crons)).array?.compactMap(\.string) ?? []
        for name in known where !names.contains(name) {
            _ = try await queue.redis.send("SREM", .text(queue.keys.crons), .text(name))
        }
    }
}

extension Scheduler {
    public struct Configuration: Sendable {
        /// The leader's place is taken by another beat after so long without a sign of life.
        public var leadership: Duration
        /// A tick older than this was missed: the entry's catch-up policy decides.
        public var tolerance: Duration

        public init(leadership: Duration = .seconds(10), tolerance: Duration = .seconds(60)) {
            self.leadership = leadership
            self.tolerance = tolerance
        }
    }
}

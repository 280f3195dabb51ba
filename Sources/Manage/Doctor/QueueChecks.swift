import Bootstrap
import FoundationEssentials
import Jobs
import Queue
import Redis

/// Redis, the workers and the beat.
struct QueueChecks {
    var settings: Settings

    func run() async -> [Finding] {
        do {
            let redis = RedisConnection(try RedisAddress(parsing: settings.storage.redisURL), patience: .seconds(5))
            defer { Task { await redis.close() } }
            let queue = JobQueue(redis: redis, namespace: settings.storage.namespace)
            return try await server(redis) + workers(queue) + [beat(queue)] + deadLetters(queue)
        } catch {
            return [
                Finding(
                    check: "redis", level: .fail,
                    text: "\(error); start Tern (make up starts a private Redis), or check REDIS_URL")
            ]
        }
    }

    private func server(_ redis: RedisConnection) async throws -> [Finding] {
        _ = try await redis.send("PING")
        let warnings = try await redis.durabilityWarnings()
        if warnings.isEmpty {
            return [Finding(check: "redis", level: .ok, text: "answers, keeps what it acknowledged")]
        }
        return warnings.map { Finding(check: "redis", level: .warn, text: $0) }
    }

    private func workers(_ queue: JobQueue) async throws -> [Finding] {
        let workers = try await queue.workers()
        guard !workers.isEmpty else {
            return [Finding(check: "workers", level: .fail, text: "none is running, so no job is done; start a worker")]
        }
        let served = Set(workers.filter { !$0.isQuiet }.flatMap(\.queues))
        let left = JobQueues.all.filter { !served.contains($0) }
        guard left.isEmpty else {
            let names = left.joined(separator: ", ")
            return [Finding(check: "workers", level: .fail, text: "nobody serves \(names); start a worker that does")]
        }
        let slow = try await queue.queues().filter { $0.latencySeconds > 60 || $0.isPaused }
        return [Finding(check: "workers", level: .ok, text: "\(workers.count) running, every queue is served")]
            + slow.map { queue in
                Finding(
                    check: "queue \(queue.name)", level: .warn,
                    text: queue.isPaused
                        ? "paused with \(queue.depth) jobs"
                        : "the oldest of \(queue.depth) jobs waits for \(Int(queue.latencySeconds)) s; start more workers"
                )
            }
    }

    private func beat(_ queue: JobQueue) async throws -> Finding {
        let status = try await queue.scheduler()
        guard let leader = status.leader, let newest = status.heartbeats.values.max() else {
            return Finding(check: "beat", level: .fail, text: "none leads, so nothing is scheduled; start beat")
        }
        let age = Int(max(0, Date().timeIntervalSince(newest)))
        return Finding(
            check: "beat", level: age > 60 ? .warn : .ok, text: "\(leader) leads, last sign of life \(age) s ago")
    }

    private func deadLetters(_ queue: JobQueue) async throws -> [Finding] {
        let dead = try await queue.counts().dead
        return dead == 0
            ? []
            : [
                Finding(
                    check: "dead jobs", level: .warn, text: "\(dead) were given up; see manage jobs list --state failed"
                )
            ]
    }
}

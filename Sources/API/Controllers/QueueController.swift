import FoundationEssentials
import Hummingbird
import Jobs
import Queue
import Store

/// The queues and the workers for administrators.
struct QueueController: Sendable {
    let store: Store
    let queue: JobQueue

    func addRoutes(to routes: some RouterMethods<AdministratorContext>) {
        routes.get("api/admin/queues", use: queues)
        routes.post("api/admin/queues/:name/pause") { try await set($0, $1, isPaused: true) }
        routes.post("api/admin/queues/:name/resume") { try await set($0, $1, isPaused: false) }
        routes.get("api/admin/workers", use: workers)
    }

    @Sendable
    private func queues(_ request: Request, context: AdministratorContext) async throws -> Response {
        let found = Dictionary(try await queue.queues().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return .json { json in
            json.object { json in
                json.array("queues", JobQueues.all) { json, name in
                    json.object { json in
                        json.member("name", name)
                        json.member("depth", found[name]?.depth ?? 0)
                        json.member("latency_seconds", found[name]?.latencySeconds ?? 0)
                        json.member("running", found[name]?.running ?? 0)
                        json.member("workers", found[name]?.workers ?? 0)
                        json.member("paused", found[name]?.isPaused ?? false)
                    }
                }
            }
        }
    }

    private func set(_ request: Request, _ context: AdministratorContext, isPaused: Bool) async throws -> Response {
        guard let name = context.parameters.get("name"), JobQueues.all.contains(name) else { throw Problem.notFound }
        if isPaused { try await queue.pause(queue: name) } else { try await queue.resume(queue: name) }
        try await store.audit.append(
            action: isPaused ? "queue.pause" : "queue.resume", account: context.viewer.accountID, target: name,
            ip: context.clientAddress, requestID: context.requestID)
        return .json { json in
            json.object { json in
                json.member("name", name)
                json.member("paused", isPaused)
            }
        }
    }

    @Sendable
    private func workers(_ request: Request, context: AdministratorContext) async throws -> Response {
        let workers = try await queue.workers()
        let now = Date()
        return .json { json in
            json.object { json in
                json.array("workers", workers) { json, worker in
                    json.object { json in
                        json.member("id", worker.incarnation)
                        json.member("host", worker.host)
                        json.member("pid", worker.processID)
                        json.array("queues", worker.queues) { $0.value($1) }
                        json.member("concurrency", worker.concurrency)
                        json.member("running", worker.running)
                        json.member("quiet", worker.isQuiet)
                        json.member("started_at", worker.startedAt)
                        json.member("lease_seconds_left", max(0, worker.leaseExpiresAt.timeIntervalSince(now)))
                    }
                }
            }
        }
    }
}

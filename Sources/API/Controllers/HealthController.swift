import HTTPTypes
import Hummingbird
import Redis
import Store

/// Whether the process lives, and whether it can work.
struct HealthController: Sendable {
    /// A part that does not answer in this time counts as failing.
    private static let limit = Duration.seconds(2)

    let store: Store
    let redis: RedisConnection

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.get("healthz") { _, _ in Response.json { json in json.object { $0.member("status", "ok") } } }
        routes.get("readyz", use: ready)
    }

    @Sendable
    private func ready(_ request: Request, context: AppContext) async throws -> Response {
        async let storeAnswers = answers { try await store.ping() }
        async let redisAnswers = answers { _ = try await redis.send("PING") }
        let parts = [("store", await storeAnswers), ("redis", await redisAnswers)]
        let isReady = parts.allSatisfy(\.1)
        return .json(isReady ? .ok : .serviceUnavailable, headers: isReady ? [:] : [.retryAfter: "2"]) { json in
            json.object { json in
                json.member("status", isReady ? "ready" : "not ready")
                json.object("parts") { json in
                    for (name, works) in parts { json.member(name, works ? "ok" : "failing") }
                }
                json.array("failing", parts.filter { !$0.1 }) { json, part in json.value(part.0) }
            }
        }
    }

    private func answers(_ ask: @escaping @Sendable () async throws -> Void) async -> Bool {
        await Deadline.value(within: Self.limit) { (try? await ask()) != nil } ?? false
    }
}

import Logging
import ServiceLifecycle

/// Takes up the built-in knowledge base when a worker starts, so that a fresh installation answers within seconds.
struct KnowledgeAtStart: Service {
    let refresh: RefreshKnowledgeHandler
    let logger: Logger

    func run() async throws {
        do {
            if try await refresh.refresh() { logger.notice("knowledge base changed, ingest ordered") }
        } catch {
            // The timetable tries again within minutes.
            logger.warning("knowledge base not read", metadata: ["error": "\(error)"])
        }
        try? await gracefulShutdown()
    }
}

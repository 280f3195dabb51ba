package import Bootstrap
import FoundationEssentials
import Identifiers
import Jobs
package import Logging
import Queue
import Redis
package import ServiceLifecycle
import Store

/// Puts a beat together; nothing runs before its services do.
package func buildBeat(settings: Settings, logger: Logger) async throws -> [any Service] {
    let store = try Store.open(
        path: settings.storage.databasePath, synchronous: settings.storage.isFullySynchronous ? .full : .normal)
    try store.migrate()
    let redis = RedisConnection(try RedisAddress(parsing: settings.storage.redisURL), logger: logger)
    let namespace = settings.storage.namespace
    let queue = JobQueue(redis: redis, namespace: namespace)
    let timetable = StoredTimetable(store: store, timeZone: settings.upkeep.timeZone, logger: logger)
    try await timetable.declare()
    let reconciliation = Reconciliation(
        store: store, queue: queue, feed: AnswerFeed(redis: redis, namespace: namespace),
        holder: JobID.make().description, logger: logger)
    let scheduler = Scheduler(
        queue: queue, entries: { try await timetable.entries() },
        willFire: { name, tick, id in try await timetable.recordFire(of: name, tick: tick, id: id) }, logger: logger)
    return [Reconciler(reconciliation: reconciliation, store: store, logger: logger), scheduler]
}

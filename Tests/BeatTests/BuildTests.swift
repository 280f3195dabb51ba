import Beat
import Bootstrap
import Foundation
import Jobs
import Logging
import Queue
import ServiceLifecycle
import Store
import TestSupport
import Testing

@Suite struct BuildTests {
    @Test func `a whole beat declares the timetable, reconciles at its start and ends on shutdown`() async throws {
        let fixture = try await Fixture()
        let row = try await fixture.create(StoreStatistics())
        let settings = try Settings.load(
            environment: [
                "SECRET_KEY": "a secret of the tests, long enough for HS256", "DATA_DIR": fixture.folder.path,
                "REDIS_URL": fixture.server.url, "TERN_NAMESPACE": fixture.namespace,
            ], directory: fixture.folder.path)
        let services = try await buildBeat(settings: settings, logger: fixture.logger)
        let group = ServiceGroup(
            configuration: .init(services: services.map { .init(service: $0) }, logger: fixture.logger))
        let running = Task { try await group.run() }
        try await eventually("the job in the queue", within: .seconds(20)) { try await fixture.state(row) == .ready }
        try await eventually("a heartbeat", within: .seconds(20)) {
            try await !fixture.queue.scheduler().heartbeats.isEmpty
        }
        #expect(try await fixture.store.schedules.list().count == Timetable.entries.count + 1)
        await group.triggerGracefulShutdown()
        try await running.value
    }
}

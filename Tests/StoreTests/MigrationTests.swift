import Foundation
import Store
import TestSupport
import Testing

struct MigrationTests {
    @Test func `several openers at once migrate exactly once`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("db")
        let steps = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let store = try Store.open(path: path, synchronous: .normal)
                    let taken = try store.migrate().count
                    try store.requireCurrentSchema()
                    return taken
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(steps == Store.neededSchemaVersion)
    }

    @Test func `a second migration finds nothing to do`() throws {
        let fixture = try Fixture()
        #expect(try fixture.store.migrate().isEmpty)
        #expect(try fixture.store.schemaVersion() == Store.neededSchemaVersion)
    }

    @Test func `a database without a schema is too old and an unknown version too new`() async throws {
        let folder = try TemporaryDirectory()
        let store = try Store.open(path: folder.file("db"), synchronous: .normal)
        #expect(try store.schemaVersion() == 0)
        #expect(throws: StoreError.schemaTooOld(found: 0, needed: Store.neededSchemaVersion)) {
            try store.requireCurrentSchema()
        }
        try store.migrate()
        _ = try await store.write {
            try $0.run("INSERT INTO schema_versions (version, name, applied_at) VALUES (999, 'later', 0)")
        }
        let expected = StoreError.schemaTooNew(found: 999, known: Store.neededSchemaVersion)
        #expect(throws: expected) { try store.requireCurrentSchema() }
        #expect(throws: expected) { try store.migrate() }
    }
}

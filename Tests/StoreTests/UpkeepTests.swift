import Foundation
import Store
import TestSupport
import Testing

struct UpkeepTests {
    @Test func `a backup is made while others write and holds one state`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let path = fixture.folder.file("backup.sqlite3")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await fixture.ask(by: account.id) } }
            group.addTask { try await fixture.store.backup(to: path) }
            try await group.waitForAll()
        }
        try await fixture.store.backup(to: path)
        #expect(try Store.verify(path: path) == Store.neededSchemaVersion)
        let copy = try Store.open(path: path)
        try copy.requireCurrentSchema()
        let snapshot = try await copy.statistics.snapshot(at: fixture.start)
        #expect(snapshot.conversations.total == 50 && snapshot.messages.total == 100 && snapshot.jobs.total == 50)
        #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }

    @Test func `a search index is sound in the backup, too`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask("puffins", by: account.id)
        try await fixture.finish(first)
        let second = try await fixture.ask("gannets", by: account.id, at: fixture.time(100))
        try await fixture.finish(second, at: fixture.time(100))
        _ = try await fixture.store.housekeeping.removeStaleConversations(inactiveSince: fixture.time(50))
        let path = fixture.folder.file("backup.sqlite3")
        try await fixture.store.backup(to: path)
        let copy = try Store.open(path: path)
        #expect(try await copy.conversations.list(of: account.id, matching: "gannets").elements.count == 1)
        #expect(try await copy.conversations.list(of: account.id, matching: "puffins").elements.isEmpty)
    }

    @Test func `a backup takes the place of a database that nobody has open`() async throws {
        let fixture = try Fixture()
        try await fixture.account("before")
        let backup = fixture.folder.file("backup.sqlite3")
        try await fixture.store.backup(to: backup)
        try await fixture.account("after")
        #expect(throws: StoreError.inUse) { try Store.restore(backup, to: fixture.store.path) }
        try fixture.store.close()
        #expect(throws: StoreError.self) {
            try Store.restore(fixture.folder.file("missing"), to: fixture.store.path)
        }
        try Store.restore(backup, to: fixture.store.path)
        let restored = try fixture.anotherStore()
        #expect(try await restored.accounts.list().elements.map(\.username) == ["before"])
        let replaced = try Store.open(path: fixture.store.path + ".replaced")
        #expect(try await replaced.accounts.find(username: "after") != nil)
        #expect(throws: StoreError.inUse) { try Store.restore(backup, to: fixture.store.path) }
    }

    @Test func `a damaged database is replaced as well`() async throws {
        let fixture = try Fixture()
        try await fixture.account()
        let backup = fixture.folder.file("backup.sqlite3")
        try await fixture.store.backup(to: backup)
        let damaged = try fixture.folder.write(String(repeating: "x", count: 9_000), to: "damaged.sqlite3")
        try fixture.folder.write("log", to: "damaged.sqlite3-wal")
        try Store.restore(backup, to: damaged)
        let restored = try Store.open(path: damaged)
        #expect(try await restored.accounts.find(username: "person") != nil)
        #expect(FileManager.default.fileExists(atPath: damaged + ".replaced"))
    }

    @Test func `a backup is put where no database was`() async throws {
        let fixture = try Fixture()
        try await fixture.account()
        let backup = fixture.folder.file("backup.sqlite3")
        try await fixture.store.backup(to: backup)
        try Store.restore(backup, to: fixture.folder.file("new.sqlite3"))
        let restored = try Store.open(path: fixture.folder.file("new.sqlite3"))
        #expect(try await restored.accounts.find(username: "person") != nil)
    }

    @Test func `a damaged copy is noticed`() throws {
        let fixture = try Fixture()
        let path = try fixture.folder.write(String(repeating: "x", count: 10_000), to: "bad")
        #expect(throws: StoreError.self) { try Store.verify(path: path) }
        #expect(throws: StoreError.self) { try Store.verify(path: fixture.folder.file("missing")) }
    }

    @Test func `a checkpoint moves the log without stopping anybody`() async throws {
        let fixture = try Fixture()
        try await fixture.account()
        let result = try await fixture.store.checkpoint()
        #expect(result.logPages > 0 && result.movedPages == result.logPages)
        try await fixture.store.ping()
        try await fixture.store.optimize()
    }
}

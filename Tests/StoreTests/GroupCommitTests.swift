import Foundation
import Store
import Synchronization
import Testing

struct GroupCommitTests {
    private struct Refused: Error, Equatable {
        var number: Int
    }

    @Test func `concurrent writes share commits and all are kept`() async throws {
        let fixture = try Fixture()
        let commits = try await Self.commits(of: fixture) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask { try await fixture.store.values.set("key \(number)", to: "\(number)") }
                }
                try await group.waitForAll()
            }
        }
        #expect(commits < 400)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") } == 400)
    }

    @Test func `a caller is answered only after its commit`() async throws {
        let fixture = try Fixture()
        let other = try fixture.anotherStore()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await fixture.store.values.set("key \(number)", to: "written")
                    // Another pool sees only what is committed.
                    #expect(try await other.values.value(of: "key \(number)") == "written")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a failing write is undone alone`() async throws {
        let fixture = try Fixture()
        let results = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    do {
                        try await fixture.store.write { transaction in
                            try transaction.run(
                                "INSERT INTO settings (key, value) VALUES ($1, '')", "key \(number)")
                            if number % 3 == 0 { throw Refused(number: number) }
                        }
                        return true
                    } catch {
                        #expect(error as? Refused == Refused(number: number))
                        return false
                    }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
        }
        #expect(results == [true: 200, false: 100])
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") } == 200)
    }

    @Test func `a write that the schema refuses harms no other of its group`() async throws {
        let fixture = try Fixture()
        let kept = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let key = number.isMultiple(of: 2) ? "same" : "key \(number)"
                    let result = try? await fixture.store.write {
                        try $0.run("INSERT INTO settings (key, value) VALUES ($1, '')", key)
                    }
                    return result != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(kept == 101)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") } == 101)
    }

    @Test func `when the transaction is lost every member of the group is told and later writes go on`() async throws {
        let fixture = try Fixture()
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        try await fixture.store.write { transaction in
                            try transaction.run("INSERT INTO settings (key, value) VALUES ($1, '')", "key \(number)")
                            // What SQLite does by itself on a full disk.
                            if number == 25 { try transaction.run("ROLLBACK") }
                        }
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let rows = try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") }
        #expect(failures >= 1)
        #expect(rows == 50 - failures)
        try await fixture.store.values.set("after", to: "fine")
        #expect(try await fixture.store.values.value(of: "after") == "fine")
    }

    @Test func `two pools on one file lose no write`() async throws {
        let fixture = try Fixture()
        let stores = [fixture.store, try fixture.anotherStore(), try fixture.anotherStore()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    _ = try await stores[number % 3].write {
                        try $0.run("UPDATE counters SET value = value + 1 WHERE name = 'knowledge'")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.store.knowledge.current() == 300)
    }

    /// About how many commits the work took: one commit of these small rows writes a few pages to the log.
    private static func commits(of fixture: Fixture, _ work: () async throws -> Void) async throws -> Int {
        let pagesBefore = try await fixture.store.checkpoint().logPages
        try await work()
        return try await fixture.store.checkpoint().logPages - pagesBefore
    }
}

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

    @Test func `a write that loses the whole transaction harms no other of its group`() async throws {
        let fixture = try Fixture()
        let failures = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        try await fixture.store.write { transaction in
                            try transaction.run("INSERT INTO settings (key, value) VALUES ($1, '')", "key \(number)")
                            // What SQLite does by itself on a full disk.
                            if number == 25 { try transaction.run("ROLLBACK") }
                        }
                        return nil
                    } catch { return number }
                }
            }
            return await group.reduce(into: [Int]()) { if let number = $1 { $0.append(number) } }
        }
        #expect(failures == [25])
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") } == 49)
    }

    @Test func `a full database refuses what it can't hold and serves on`() async throws {
        let fixture = try Fixture()
        let pages = try await fixture.store.write { try $0.count("PRAGMA page_count") }
        _ = try await fixture.store.write { try $0.count("PRAGMA max_page_count = \(pages + 30)") }
        let large = String(repeating: "x", count: 20_000)
        let kept = await withTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    do {
                        try await fixture.store.values.set("key \(number)", to: number % 4 == 0 ? large : "small")
                        return 1
                    } catch {
                        #expect(error as? StoreError == .full)
                        return 0
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(kept >= 30 && kept < 40)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM settings") } == kept)
        _ = try await fixture.store.write { try $0.count("PRAGMA max_page_count = 1000000") }
        try await fixture.store.values.set("after", to: large)
        #expect(try await fixture.store.values.value(of: "after") == large)
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

import Foundation
import Store
import TestSupport
import Testing

struct OpeningTests {
    @Test(arguments: Store.Synchronous.allCases)
    func `the level of synchronous writes is what was asked for`(level: Store.Synchronous) async throws {
        let folder = try TemporaryDirectory()
        let store = try Store.open(path: folder.file("db"), synchronous: level)
        let found = try await store.write { try $0.count("PRAGMA synchronous") }
        #expect(found == (level == .full ? 2 : 1))
    }

    @Test func `deletes are not slowed by secure delete and the log grows before it is moved`() async throws {
        let fixture = try Fixture()
        #expect(try await fixture.store.write { try $0.count("PRAGMA secure_delete") } == 0)
        #expect(try await fixture.store.write { try $0.count("PRAGMA wal_autocheckpoint") } > 1_000)
        #expect(try await fixture.store.write { try $0.count("PRAGMA busy_timeout") } == 5_000)
        #expect(try await fixture.store.read { try $0.count("PRAGMA busy_timeout") } >= 5_000)
    }

    @Test func `addresses of SQLite are understood and others refused`() throws {
        #expect(try Store.path(inAddress: "sqlite:./data/tern.sqlite3") == "./data/tern.sqlite3")
        #expect(try Store.path(inAddress: "sqlite:///var/tern.sqlite3") == "/var/tern.sqlite3")
        #expect(try Store.path(inAddress: "/var/tern.sqlite3") == "/var/tern.sqlite3")
        for address in ["postgres://tern@localhost/tern", "mysql://x", "", "sqlite:"] {
            #expect(throws: StoreError.self) { try Store.path(inAddress: address) }
        }
    }

    @Test func `a file that is no database is reported as damaged`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(String(repeating: "no database ", count: 500), to: "db")
        #expect {
            try Store.open(path: path)
        } throws: { error in
            guard case StoreError.corrupt = error else { return false }
            return true
        }
    }

    @Test func `a folder that is missing is reported as unavailable`() throws {
        let folder = try TemporaryDirectory()
        #expect {
            try Store.open(path: folder.file("missing/db"))
        } throws: { error in
            guard case StoreError.unavailable = error else { return false }
            return true
        }
    }

    @Test func `a closed Store answers every call with an error`() async throws {
        let fixture = try Fixture()
        try fixture.store.close()
        await #expect(throws: StoreError.closed) { try await fixture.store.ping() }
        await #expect(throws: StoreError.closed) {
            try await fixture.store.values.set("key", to: "value")
        }
    }

    @Test func `what one pool commits the other reads at once`() async throws {
        let fixture = try Fixture()
        let other = try fixture.anotherStore()
        for number in 0..<20 {
            try await fixture.store.values.set("number", to: "\(number)")
            #expect(try await other.values.value(of: "number") == "\(number)")
        }
    }
}

struct SeamTests {
    @Test func `placeholders are matched by number and not by place`() async throws {
        let fixture = try Fixture()
        let row = try await fixture.store.read {
            try $0.first("SELECT $2, $1, $2", "one", "two") { [$0.text(0), $0.text(1), $0.text(2)] }
        }
        #expect(row == ["two", "one", "two"])
    }

    @Test func `every kind of value comes back as it went in`() async throws {
        let fixture = try Fixture()
        let text = "naïve 🐦 text\u{0} with a zero"
        let data = Data([0, 1, 255])
        let empty = Data()
        let time = Date(timeIntervalSince1970: 1_234_567_890.123)
        try await fixture.store.read { transaction in
            let found = try transaction.first(
                "SELECT $1, $2, $3, $4, $5, $6, $7, $8", text, data, Int64.max, 0.5, time, String?.none, "", empty
            ) { row in
                #expect(row.text(0) == text)
                #expect(row.data(1) == data)
                #expect(row.integer(2) == Int64.max)
                #expect(row.real(3) == 0.5)
                #expect(row.date(4).unixMilliseconds == 1_234_567_890_123)
                #expect(row.isNull(5))
                #expect(row.text(6) == "" && !row.isNull(6))
                #expect(row.data(7).isEmpty && !row.isNull(7))
                return true
            }
            #expect(found == true)
        }
    }

    @Test func `a wrong number of arguments is an error`() async throws {
        let fixture = try Fixture()
        await #expect(throws: StoreError.self) { try await fixture.store.read { try $0.count("SELECT $1, $2", 1) } }
        await #expect(throws: StoreError.self) { try await fixture.store.read { try $0.count("SELECT 1", 1) } }
        await #expect(throws: StoreError.self) { try await fixture.store.read { try $0.count("SELECT ?", 1) } }
    }

    @Test func `a read can't write`() async throws {
        let fixture = try Fixture()
        await #expect(throws: StoreError.self) {
            try await fixture.store.read { try $0.run("DELETE FROM settings") }
        }
    }

    @Test func `many more reads than readers all get their turn`() async throws {
        let fixture = try Fixture(readers: 2)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...500 {
                group.addTask { try await fixture.store.read { try $0.count("SELECT $1", number) } }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 125_250)
    }

    @Test func `a cancelled task still reads and writes`() async throws {
        let fixture = try Fixture()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await fixture.store.values.set("key", to: "value")
            return try await fixture.store.values.value(of: "key")
        }
        #expect(try await task.value == "value")
    }
}

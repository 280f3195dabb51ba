import FoundationEssentials
import GRDB
import Glibc

/// The file itself: is it there, is it sound, is it safe somewhere else.
extension Store {
    /// Whether the database answers: a read of its schema version.
    public func ping() async throws {
        _ = try await read { try $0.count("SELECT MAX(version) FROM schema_versions") }
    }

    /// Moves the log into the database without stopping anybody; large logs are moved by themselves, so this is for quiet
    /// times and ends. Returns the log's pages and how many of them are moved.
    @discardableResult
    public func checkpoint() async throws -> (logPages: Int, movedPages: Int) {
        do { return try await checkpointer.run() } catch { throw StoreError(translating: error) }
    }

    /// Refreshes the planner's statistics; cheap, meant for once a day.
    public func optimize() async throws {
        do {
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA optimize") }
        } catch { throw StoreError(translating: error) }
    }

    /// Copies the database to a new file while everybody works on, opens the copy and checks it, and puts it in the place
    /// of `path` in one step. The copy holds the state of one moment.
    public func backup(to path: String) async throws(StoreError) {
        let partial = path + ".partial"
        defer { unlink(partial) }
        do {
            unlink(partial)
            // A connection of its own: the copy takes no reader away for as long as it runs.
            let source = try DatabaseQueue(path: self.path)
            defer { try? source.close() }
            try await source.writeWithoutTransaction {
                try $0.execute(sql: "VACUUM INTO ?", arguments: [partial])
            }
            try Self.verify(path: partial)
            try Self.flush(partial)
            guard rename(partial, path) == 0 else { throw Self.failure(of: path) }
            try Self.flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch { throw StoreError(translating: error) }
    }

    /// Opens a database file read-only and checks it: sound pages, and a schema this program knows. Returns its version.
    @discardableResult
    public static func verify(path: String) throws(StoreError) -> Int {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { database in
                let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check")
                guard verdict == "ok" else { throw StoreError.corrupt(verdict ?? "no verdict") }
                guard try database.tableExists("schema_versions") else { throw StoreError.corrupt("no schema") }
                let version = try Int.fetchOne(database, sql: "SELECT MAX(version) FROM schema_versions") ?? 0
                guard version <= Migration.latestVersion else {
                    throw StoreError.schemaTooNew(found: version, known: Migration.latestVersion)
                }
                return version
            }
        } catch { throw StoreError(translating: error) }
    }

    /// Pushes a file, or a folder's entries, to the disk.
    private static func flush(_ path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(of: path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(of: path) }
    }

    private static func failure(of path: String) -> StoreError {
        .unavailable("\(path): \(String(cString: strerror(errno)))")
    }
}

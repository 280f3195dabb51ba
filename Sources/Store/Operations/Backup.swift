import Dispatch
import FoundationEssentials
import GRDB
import Glibc

/// Copies of the database, and the way back.
extension Store {
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
            try await Self.onThreadOfItsOwn { try Self.publish(partial, as: path) }
        } catch { throw StoreError(translating: error) }
    }

    /// Reads every page and waits for the disk: minutes for a large file.
    private static func publish(_ partial: String, as path: String) throws {
        try verify(path: partial)
        try flush(partial)
        guard rename(partial, path) == 0 else { throw failure(of: path) }
        try flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Runs what blocks away from the few threads that all tasks share.
    private static func onThreadOfItsOwn(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "tern.store.backup", qos: .utility).async {
                continuation.resume(with: Result { try work() })
            }
        }
    }

    /// Puts a backup in the place of a database that nobody has open; the old file is kept beside it as `.replaced`.
    /// The backup is checked first.
    public static func restore(_ backup: String, to path: String) throws(StoreError) {
        try verify(path: backup)
        let locks = try ProcessLocks(path: path + ".lock")
        try locks.keepOthersOut()
        let partial = path + ".partial"
        defer { unlink(partial) }
        unlink(partial)
        do {
            try FileManager.default.copyItem(atPath: backup, toPath: partial)
            try flush(partial)
            try setAside(path)
            guard rename(partial, path) == 0 else { throw failure(of: path) }
            try flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch { throw StoreError(translating: error) }
    }

    /// Keeps a database, whole or damaged, under the name `.replaced` while its own name stays taken.
    private static func setAside(_ path: String) throws(StoreError) {
        let replaced = path + ".replaced"
        for end in ["", "-wal", "-shm"] { unlink(replaced + end) }
        guard FileManager.default.fileExists(atPath: path) else { return }
        if let old = try? DatabaseQueue(path: path) {
            try? old.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try? old.close()
        }
        guard link(path, replaced) == 0 else { throw failure(of: replaced) }
        // A log that could not be moved belongs to the old file; under the old name it would spoil the new one.
        rename(path + "-wal", replaced + "-wal")
        unlink(path + "-shm")
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

import Dispatch
import FoundationEssentials
import GRDB

/// The truth: accounts, conversations, jobs, knowledge and all that must outlive Redis, in one SQL database.
///
/// One Store a process. Operations live with their records: `store.accounts`, `store.chat`, `store.jobs`, …; each is one
/// transaction. Writes of concurrent callers share commits; a caller is answered when its write is on the disk.
public final class Store: Sendable {
    /// How hard a commit is pushed to the disk. Neither loses a commit when the process dies; only `full` keeps the
    /// last ones on a power loss.
    public enum Synchronous: String, Sendable, CaseIterable {
        case full
        case normal
    }

    public let path: String
    let pool: DatabasePool
    let locks: ProcessLocks
    let checkpointer: Checkpointer
    private let gate: ReadGate
    private let commits: GroupCommit

    /// Opens the database file, making it when it is missing; the schema is not touched (see `migrate`).
    ///
    /// - Parameter readers: how many reads run at once; about one a core.
    public static func open(
        path: String, synchronous: Synchronous = .full, readers: Int = 2
    ) throws(StoreError) -> Store {
        do { return try Store(path: path, synchronous: synchronous, readers: readers) } catch {
            throw StoreError(translating: error)
        }
    }

    /// Opens what a `DATABASE_URL` names: `sqlite:PATH`, or a plain path.
    public static func open(
        address: String, synchronous: Synchronous = .full, readers: Int = 2
    ) throws(StoreError) -> Store {
        try open(path: path(inAddress: address), synchronous: synchronous, readers: readers)
    }

    /// The file that a `DATABASE_URL` names.
    public static func path(inAddress address: String) throws(StoreError) -> String {
        let path =
            if address.hasPrefix("sqlite://") {
                String(address.dropFirst("sqlite://".count))
            } else if address.hasPrefix("sqlite:") {
                String(address.dropFirst("sqlite:".count))
            } else {
                address
            }
        guard !path.isEmpty, !path.contains("://") else { throw .unsupportedAddress(address) }
        return path
    }

    private init(path: String, synchronous: Synchronous, readers: Int) throws {
        self.path = path
        var configuration = Configuration()
        configuration.label = "tern.store"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = max(1, readers)
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { database in
            // Debian's SQLite overwrites deleted rows with zeros unless told otherwise, which makes deletes slow.
            try database.execute(sql: "PRAGMA secure_delete = 0")
            try database.execute(sql: "PRAGMA cache_size = -8192")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        let locks = try ProcessLocks(path: path + ".lock")
        self.locks = locks
        try locks.arrive()
        // The first opener switches the file to its write-ahead log, which two can't do at once.
        pool = try locks.withSchema { try DatabasePool(path: path, configuration: configuration) }
        gate = ReadGate(width: readers)
        checkpointer = Checkpointer(path: path)
        commits = GroupCommit(pool: pool, locks: locks, checkpointer: checkpointer)
        try pool.writeWithoutTransaction { database in
            // The pool sets NORMAL at the end of its own opening, so the wanted level comes after it.
            try database.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
            let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            guard level == (synchronous == .full ? 2 : 1) else {
                throw StoreError.setting("synchronous is \(level ?? -1) instead of \(synchronous.rawValue)")
            }
            // Checkpoints come from the background; this is the bound when it falls behind: 64 MB.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 16384")
        }
    }

    /// Closes the connections after the running work; later calls throw `closed`.
    public func close() throws(StoreError) {
        do { try pool.close() } catch { throw StoreError(translating: error) }
        locks.depart()
    }

    /// One read transaction: everything in it sees one state. Not cut short by the task's cancellation.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        await gate.enter()
        defer { gate.leave() }
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(
                    with: Result {
                        do { return try body(Transaction(access.get())) } catch let error as DatabaseError {
                            throw StoreError(translating: error)
                        }
                    })
            }
        }
    }

    /// One write transaction, answered after its commit; it may share the commit with others, and is undone alone when
    /// it throws. The body may run twice (when another write of its group lost their transaction), so it does nothing but
    /// statements. Not cut short by the task's cancellation: what was asked for is written, or the caller hears why not.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await commits.write(body)
    }
}

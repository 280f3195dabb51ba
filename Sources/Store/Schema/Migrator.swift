import FoundationEssentials
import GRDB

extension Store {
    /// Brings the schema up to date and returns the names of the steps taken.
    ///
    /// Any number of processes may call it at once: they take turns by a lock on a file beside the database, and all but
    /// the first find nothing to do. Blocks the calling thread; meant for the start of a process.
    @discardableResult
    public func migrate() throws(StoreError) -> [String] {
        do {
            return try locks.withSchema { try pool.writeWithoutTransaction { try Self.migrate($0) } }
        } catch { throw StoreError(translating: error) }
    }

    private static func migrate(_ database: Database) throws -> [String] {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS schema_versions (
                    version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)
                """)
        let found = try version(in: database)
        guard found <= Migration.latestVersion else {
            throw StoreError.schemaTooNew(found: found, known: Migration.latestVersion)
        }
        return try Migration.all.filter { $0.version > found }.map { migration in
            try database.inTransaction(.immediate) {
                for text in migration.texts { try database.execute(sql: text) }
                try database.execute(
                    sql: "INSERT INTO schema_versions (version, name, applied_at) VALUES (?, ?, ?)",
                    arguments: [migration.version, migration.name, Date().unixMilliseconds])
                return .commit
            }
            return migration.name
        }
    }

    /// The version of the schema in the file; 0 for a database without one.
    public func schemaVersion() throws(StoreError) -> Int {
        do {
            return try pool.read { database in
                try database.tableExists("schema_versions") ? try Self.version(in: database) : 0
            }
        } catch { throw StoreError(translating: error) }
    }

    /// The schema version that this program is made for.
    public static var neededSchemaVersion: Int { Migration.latestVersion }

    /// Throws unless the schema is exactly the one this program is made for.
    public func requireCurrentSchema() throws(StoreError) {
        let found = try schemaVersion()
        if found > Migration.latestVersion { throw .schemaTooNew(found: found, known: Migration.latestVersion) }
        if found < Migration.latestVersion { throw .schemaTooOld(found: found, needed: Migration.latestVersion) }
    }

    private static func version(in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COALESCE(MAX(version), 0) FROM schema_versions") ?? 0
    }
}

/// One step of the schema: SQL that runs once, in one transaction, and is never edited after a release.
struct Migration: Sendable {
    /// From 1, without gaps.
    var version: Int
    var name: String
    /// Each text may hold several statements, in the dialect that SQLite and PostgreSQL share. The few words that
    /// differ are SQLite's: `INTEGER PRIMARY KEY AUTOINCREMENT` (an identity column) and `BLOB` (`BYTEA`).
    var texts: [String]
}

extension Migration {
    /// Every step in order.
    static let all: [Migration] = [
        Migration(
            version: 1, name: "first tables",
            texts: [accountTables, chatTables, jobTables, knowledgeTables, operationTables, searchTables])
    ]

    static var latestVersion: Int { all.last?.version ?? 0 }
}

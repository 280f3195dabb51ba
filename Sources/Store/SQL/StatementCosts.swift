import GRDB
import GRDBSQLite

/// What a prepared statement has cost so far on its connection.
package struct StatementCost: Sendable {
    package var sql: String
    /// Rows visited without the help of an index.
    package var scannedRows: Int
    /// Sorts that no index spared.
    package var sorts: Int
}

extension Transaction {
    /// The costs of every statement that this connection has prepared: how tests see that hot queries walk indexes.
    package func statementCosts() -> [StatementCost] {
        var costs: [StatementCost] = []
        var statement = sqlite3_next_stmt(database.sqliteConnection, nil)
        while let current = statement {
            if let sql = sqlite3_sql(current) {
                costs.append(
                    StatementCost(
                        sql: String(cString: sql),
                        scannedRows: Int(sqlite3_stmt_status(current, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0)),
                        sorts: Int(sqlite3_stmt_status(current, SQLITE_STMTSTATUS_SORT, 0))))
            }
            statement = sqlite3_next_stmt(database.sqliteConnection, current)
        }
        return costs
    }

    /// How many pages this connection has written to the log so far.
    func writtenPages() -> Int {
        var pages: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(database.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0)
        return Int(pages)
    }
}

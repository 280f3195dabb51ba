import FoundationEssentials
import GRDB
import GRDBSQLite
import Glibc

/// One open transaction: statements with `$1`-style placeholders in, rows by column out.
///
/// Statements are prepared once a connection and kept. Rows are gathered before the next statement runs, so the same
/// statement may be used again at once.
package struct Transaction {
    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Runs a statement and tells how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ arguments: (any SQLArgument)...) throws -> Int {
        try step(sql, arguments) { _ in true }
        guard let connection = database.sqliteConnection else { throw StoreError.closed }
        return Int(sqlite3_changes(connection))
    }

    /// Every row of a query.
    package func rows<Value>(
        _ sql: String, _ arguments: (any SQLArgument)..., read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try step(sql, arguments) { row in
            values.append(try read(row))
            return true
        }
        return values
    }

    /// The same with the arguments in an array, for lists of varying length.
    package func rows<Value>(
        _ sql: String, arguments: [any SQLArgument], read: (SQLRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try step(sql, arguments) { row in
            values.append(try read(row))
            return true
        }
        return values
    }

    /// The first row of a query or of a RETURNING clause; the statement is run to its end.
    package func first<Value>(
        _ sql: String, _ arguments: (any SQLArgument)..., read: (SQLRow) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try step(sql, arguments) { row in
            if value == nil { value = try read(row) }
            return true
        }
        return value
    }

    /// Whether a query has a row.
    package func exists(_ sql: String, _ arguments: (any SQLArgument)...) throws -> Bool {
        var found = false
        try step(sql, arguments) { _ in
            found = true
            return true
        }
        return found
    }

    /// A query of one number; no row is 0.
    package func count(_ sql: String, _ arguments: (any SQLArgument)...) throws -> Int {
        var value: Int64 = 0
        try step(sql, arguments) { row in
            value = row.integer(0)
            return true
        }
        return Int(value)
    }

    private func step(
        _ sql: String, _ arguments: [any SQLArgument], _ row: (SQLRow) throws -> Bool
    ) throws {
        guard database.sqliteConnection != nil else { throw StoreError.closed }
        let prepared: Statement
        do { prepared = try database.cachedStatement(sql: sql) } catch { throw StoreError(translating: error) }
        let statement = prepared.sqliteStatement
        sqlite3_reset(statement)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        try bind(arguments, to: statement, sql)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                guard try row(SQLRow(statement: statement)) else { return }
            case SQLITE_DONE:
                return
            default:
                throw StoreError(connection: sqlite3_db_handle(statement), sql: sql)
            }
        }
    }

    private func bind(_ arguments: [any SQLArgument], to statement: OpaquePointer, _ sql: String) throws {
        let count = sqlite3_bind_parameter_count(statement)
        guard count == arguments.count else {
            throw StoreError.statement("\(count) placeholders but \(arguments.count) arguments: \(sql)")
        }
        for position in 0..<count {
            // "$7" is a name to SQLite, numbered by first appearance: the seventh argument belongs there.
            guard let name = sqlite3_bind_parameter_name(statement, position + 1) else {
                throw StoreError.statement("a placeholder without a number: \(sql)")
            }
            let number = Int(atol(name + 1))
            guard arguments.indices.contains(number - 1) else {
                throw StoreError.statement("no argument for $\(number): \(sql)")
            }
            guard bind(arguments[number - 1].sqlValue, at: position + 1, of: statement) == SQLITE_OK else {
                throw StoreError(connection: sqlite3_db_handle(statement), sql: sql)
            }
        }
    }

    private func bind(_ value: SQLValue, at position: Int32, of statement: OpaquePointer) -> Int32 {
        // SQLITE_TRANSIENT: SQLite copies the bytes.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null:
            return sqlite3_bind_null(statement, position)
        case .integer(let value):
            return sqlite3_bind_int64(statement, position, value)
        case .real(let value):
            return sqlite3_bind_double(statement, position, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(statement, position, "", 0, copied)
                    }
                    return sqlite3_bind_text(statement, position, start, Int32(clamping: characters.count), copied)
                }
            }
        case .blob(let value):
            return value.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else {
                    return sqlite3_bind_zeroblob(statement, position, 0)
                }
                return sqlite3_bind_blob(statement, position, start, Int32(clamping: bytes.count), copied)
            }
        }
    }
}

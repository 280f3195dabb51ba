import GRDB
import GRDBSQLite

/// The one place where return codes of SQLite become errors of the Store.
extension StoreError {
    init(connection: OpaquePointer?, sql: String) {
        let code = sqlite3_extended_errcode(connection)
        let message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? ""
        self.init(code: code, message: message, sql: sql)
    }

    init(translating error: any Error) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            self.init(
                code: error.extendedResultCode.rawValue, message: error.message ?? error.description, sql: error.sql)
        default:
            self = .unavailable("\(error)")
        }
    }

    private init(code: Int32, message: String, sql: String?) {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .full
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
        case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_NOMEM:
            self = .unavailable(message)
        case SQLITE_CONSTRAINT: self = .constraint(message)
        case SQLITE_MISUSE where message.contains("closed"): self = .closed
        default: self = .statement(sql.map { "\(message): \($0)" } ?? message)
        }
    }
}

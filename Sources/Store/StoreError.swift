/// What can go wrong in the Store, apart from the outcomes that each operation returns as values.
public enum StoreError: Error, Equatable, Sendable {
    /// Another process held the database for longer than the busy time-out; worth another try.
    case busy
    /// The disk or the database is full.
    case full
    /// The file is not a database or is damaged.
    case corrupt(String)
    /// The file can't be opened, read or written.
    case unavailable(String)
    /// A rule of the schema refused a row that no operation foresaw.
    case constraint(String)
    /// A statement is wrong: a fault of the program.
    case statement(String)
    /// A column held something else than its reader expects.
    case unexpectedValue(String)
    /// The Store was closed.
    case closed
    /// A process has the database open.
    case inUse
    /// `DATABASE_URL` names no store that is built.
    case unsupportedAddress(String)
    /// The database was made by a newer version of the program.
    case schemaTooNew(found: Int, known: Int)
    /// The schema is behind; `manage migrate` brings it up to date.
    case schemaTooOld(found: Int, needed: Int)
    /// A setting could not be made as asked.
    case setting(String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .busy: "the database is busy"
        case .full: "the disk or the database is full"
        case .corrupt(let reason): "the database is damaged: \(reason)"
        case .unavailable(let reason): "the database is unavailable: \(reason)"
        case .constraint(let reason): "the schema refused a row: \(reason)"
        case .statement(let reason): "a statement failed: \(reason)"
        case .unexpectedValue(let reason): "an unexpected value in the database: \(reason)"
        case .closed: "the database is closed"
        case .inUse: "the database is in use; stop Tern first"
        case .unsupportedAddress(let address): "'\(address)' is no address of a supported database"
        case .schemaTooNew(let found, let known): "the schema is version \(found), this program knows up to \(known)"
        case .schemaTooOld(let found, let needed): "the schema is version \(found), this program needs \(needed)"
        case .setting(let reason): "a database setting failed: \(reason)"
        }
    }
}

package import FoundationEssentials
import GRDBSQLite
package import Identifiers

/// The current row of a running statement, read by column index; valid only inside the closure that gets it.
package struct SQLRow {
    private let statement: OpaquePointer

    init(statement: OpaquePointer) {
        self.statement = statement
    }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    package func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

    package func bool(_ column: Int32) -> Bool { sqlite3_column_int64(statement, column) != 0 }

    package func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    package func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    package func data(_ column: Int32) -> Data {
        guard let bytes = sqlite3_column_blob(statement, column) else { return Data() }
        return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// The bytes of a blob of 32-bit floats, as the machine orders them (little endian on every supported one).
    package func floats(_ column: Int32) -> [Float] {
        guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, column)) / MemoryLayout<Float>.stride
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer)
                .copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count * MemoryLayout<Float>.stride))
            initialized = count
        }
    }

    package func date(_ column: Int32) -> Date { Date(unixMilliseconds: integer(column)) }

    package func id<Owner>(_ column: Int32, _: Owner.Type = Owner.self) throws -> ID<Owner> {
        if let bytes = sqlite3_column_text(statement, column),
            let id = ID<Owner>(
                utf8: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
        {
            return id
        }
        throw StoreError.unexpectedValue("'\(text(column))' is no id")
    }

    package func value<Value: RawRepresentable>(_ column: Int32, _: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        let text = text(column)
        guard let value = Value(rawValue: text) else {
            throw StoreError.unexpectedValue("'\(text)' is no \(Value.self)")
        }
        return value
    }

    package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    package func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }

    package func optionalDate(_ column: Int32) -> Date? { isNull(column) ? nil : date(column) }

    package func optionalID<Owner>(_ column: Int32, _: Owner.Type = Owner.self) throws -> ID<Owner>? {
        isNull(column) ? nil : try id(column)
    }

    package func optionalValue<Value: RawRepresentable>(
        _ column: Int32, _: Value.Type = Value.self
    ) throws -> Value? where Value.RawValue == String {
        isNull(column) ? nil : try value(column)
    }
}

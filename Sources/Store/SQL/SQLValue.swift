package import FoundationEssentials
package import Identifiers

/// A value as both SQL dialects store it.
package enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob(Data)
}

/// What a statement takes as an argument.
package protocol SQLArgument {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLArgument {
    package var sqlValue: SQLValue { self }
}

extension Int: SQLArgument {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLArgument {
    package var sqlValue: SQLValue { .integer(self) }
}

extension Double: SQLArgument {
    package var sqlValue: SQLValue { .real(self) }
}

extension Bool: SQLArgument {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLArgument {
    package var sqlValue: SQLValue { .text(self) }
}

extension Data: SQLArgument {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Date: SQLArgument {
    package var sqlValue: SQLValue { .integer(unixMilliseconds) }
}

extension ID: SQLArgument {
    package var sqlValue: SQLValue { .text(description) }
}

extension Optional: SQLArgument where Wrapped: SQLArgument {
    package var sqlValue: SQLValue {
        switch self {
        case let value?: value.sqlValue
        case nil: .null
        }
    }
}

extension SQLArgument where Self: RawRepresentable, RawValue == String {
    package var sqlValue: SQLValue { .text(rawValue) }
}

extension Date {
    /// Whole milliseconds since 1970, the form of every time in the Store.
    package var unixMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    /// The time as it comes back from the Store.
    var wholeMilliseconds: Date { Date(unixMilliseconds: unixMilliseconds) }

    package init(unixMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(unixMilliseconds) / 1000)
    }
}

/// Where a Redis server listens, and how to log in.
public enum RedisAddress: Sendable, Hashable {
    case tcp(host: String, port: Int, login: Login)
    case unix(path: String, login: Login)

    public struct Login: Sendable, Hashable {
        public var user: String?
        public var password: String?
        public var database: Int

        public init(user: String? = nil, password: String? = nil, database: Int = 0) {
            self.user = user
            self.password = password
            self.database = database
        }
    }

    /// Reads `redis://[user:password@]host[:port][/database]` or `unix:///path[?db=database]`.
    ///
    /// User and password may be percent-encoded. A password without a user is written `redis://:password@host`.
    /// - Throws: ``RedisAddressError``, whose description is one line for the operator.
    public init(parsing text: String) throws {
        guard let separator = text.firstRange(of: "://") else {
            throw RedisAddressError(
                "'\(Self.masked(text))' is not a redis address: write redis://host:6379 or unix:///path")
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        switch scheme {
        case "redis": self = try Self.tcp(parsing: rest, of: text)
        case "unix", "redis+unix": self = try Self.unix(parsing: rest, of: text)
        case "rediss": throw RedisAddressError("rediss:// (TLS) is not supported yet: use redis:// or unix://")
        case "redis+sentinel", "redis-sentinel":
            throw RedisAddressError("redis+sentinel:// is not supported yet: give the address of the master")
        default:
            throw RedisAddressError("'\(scheme)://' is not a redis address: write redis://host:6379 or unix:///path")
        }
    }

    public var login: Login {
        switch self {
        case .tcp(_, _, let login), .unix(_, let login): login
        }
    }
}

extension RedisAddress: CustomStringConvertible {
    /// Without the password.
    public var description: String {
        switch self {
        case .tcp(let host, let port, let login):
            "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(login.database)"
        case .unix(let path, let login): "unix://\(path)" + (login.database == 0 ? "" : "?db=\(login.database)")
        }
    }
}

/// Why an address can't be used, in one line.
public struct RedisAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

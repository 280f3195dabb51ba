extension RedisAddress {
    static func tcp(parsing rest: Substring, of text: String) throws -> RedisAddress {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var login = Login()
        if let at = authority.lastIndex(of: "@") {
            (login.user, login.password) = try credentials(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        login.database = try database(rest[slash...].dropFirst(), of: text)
        var host = authority
        var port = 6379
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let tail = authority[authority.index(after: bracket)...]
            if tail.hasPrefix(":") { port = try portNumber(tail.dropFirst(), of: text) }
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = try portNumber(authority[authority.index(after: colon)...], of: text)
        }
        guard !host.isEmpty else { throw RedisAddressError("'\(masked(text))' has no host") }
        return .tcp(host: String(host), port: port, login: login)
    }

    static func unix(parsing rest: Substring, of text: String) throws -> RedisAddress {
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        var path = rest[..<question]
        var login = Login()
        if !path.hasPrefix("/"), let at = path.firstIndex(of: "@") {
            (login.user, login.password) = try credentials(path[..<at])
            path = path[path.index(after: at)...]
        }
        guard path.hasPrefix("/"), path.count > 1 else {
            throw RedisAddressError("'\(masked(text))' needs an absolute path: unix:///path/to/redis.sock")
        }
        let query = rest[question...].dropFirst()
        if !query.isEmpty {
            guard query.hasPrefix("db=") else {
                throw RedisAddressError("'\(masked(text))' has a query that is not ?db=number")
            }
            login.database = try database(query.dropFirst(3), of: text)
        }
        return .unix(path: try decoded(path), login: login)
    }

    /// The text without what stands before an `@`, which may be a password.
    static func masked(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
        return scheme + "***" + text[at...]
    }

    private static func credentials(_ text: Substring) throws -> (user: String?, password: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (nil, try decoded(text)) }
        let user = try decoded(text[..<colon])
        return (user.isEmpty ? nil : user, try decoded(text[text.index(after: colon)...]))
    }

    private static func portNumber(_ text: Substring, of whole: String) throws -> Int {
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw RedisAddressError("'\(masked(whole))' has a port that is not a number from 1 to 65535")
        }
        return port
    }

    private static func database(_ text: Substring, of whole: String) throws -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw RedisAddressError("'\(masked(whole))' has a database that is not a number")
        }
        return number
    }

    private static func decoded(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, let value = UInt8(digits, radix: 16) else {
                throw RedisAddressError("the redis address has a broken percent escape")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

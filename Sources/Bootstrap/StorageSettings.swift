import Redis

extension Settings.Storage {
    init(reading reader: inout SettingsReader, directory base: String) {
        directory = absolute(reader.string("DATA_DIR"), in: base)
        databasePath = Self.databasePath(&reader, dataDirectory: directory, in: base)
        isFullySynchronous = reader.choice("DATABASE_SYNCHRONOUS", of: ["full", "normal"]) == "full"
        redisURL = Self.redisURL(&reader, dataDirectory: directory)
        namespace = reader.string("TERN_NAMESPACE")
        let allowed = namespace.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        if !allowed || namespace.utf8.count > 64 {
            reader.refuse("TERN_NAMESPACE", "write at most 64 letters, digits and -_.")
        }
    }

    private static func databasePath(
        _ reader: inout SettingsReader, dataDirectory: String, in base: String
    ) -> String {
        guard let address = reader.optional("DATABASE_URL") else { return "\(dataDirectory)/tern.sqlite3" }
        if address.hasPrefix("postgres://") || address.hasPrefix("postgresql://") {
            reader.refuseAddress(
                "DATABASE_URL", address, "PostgreSQL is not supported yet; write sqlite:./data/tern.sqlite3")
        } else if address.hasPrefix("sqlite:"), !address.dropFirst(7).isEmpty {
            let path = address.dropFirst(7)
            return absolute(String(path.hasPrefix("//") ? path.dropFirst(2) : path), in: base)
        } else {
            reader.refuseAddress("DATABASE_URL", address, "write sqlite:PATH, such as sqlite:./data/tern.sqlite3")
        }
        return ""
    }

    private static func redisURL(_ reader: inout SettingsReader, dataDirectory: String) -> String {
        guard let address = reader.optional("REDIS_URL") else {
            return privateServer(&reader, socket: "\(dataDirectory)/redis.sock")
        }
        if address.hasPrefix("rediss://") {
            reader.refuseAddress(
                "REDIS_URL", address, "TLS to Redis is not supported yet; write redis://… and bring TLS by a sidecar")
        } else if address.hasPrefix("redis+sentinel://") {
            reader.refuseAddress("REDIS_URL", address, "Sentinel is not supported yet; write redis://host:port/db")
        } else if (try? RedisAddress(parsing: address)) == nil {
            reader.refuseAddress(
                "REDIS_URL", address, "write redis://[user:password@]host:port/db or unix:///path/to/redis.sock")
        }
        return address
    }

    /// The address of the Redis that `make up` starts in the data folder.
    private static func privateServer(_ reader: inout SettingsReader, socket: String) -> String {
        // `sun_path` of a socket's address has 108 bytes with the zero at its end.
        if socket.utf8.count > 107 {
            reader.refuse("DATA_DIR", "too long for a socket in it (107 bytes); write a shorter one, or set REDIS_URL")
        }
        return "unix://" + socket.replacing("%", with: "%25").replacing("?", with: "%3F")
    }
}

extension SettingsReader {
    /// Refuses an address without showing the password in it.
    fileprivate mutating func refuseAddress(_ name: String, _ address: String, _ remedy: String) {
        guard let scheme = address.firstRange(of: "://"), let end = address.lastIndex(of: "@"), end > scheme.upperBound
        else { return refuse(name, remedy) }
        note("\(name)=\(address[..<scheme.upperBound])***\(address[end...]): \(remedy)")
    }
}

extension RedisConnection {
    /// What in the server's configuration may lose acknowledged work, one sentence each; empty when all is well.
    ///
    /// `maxmemory-policy` must be `noeviction` and append-only must be on. A server that refuses CONFIG is reported too.
    public func durabilityWarnings() async throws -> [String] {
        let replies = try await send([
            RedisCommand("CONFIG", "GET", "maxmemory-policy"), RedisCommand("CONFIG", "GET", "appendonly"),
        ])
        var warnings: [String] = []
        let values = replies.map { reply -> String? in
            guard case .success(let value) = reply else { return nil }
            return value.array?.last?.string
        }
        switch values[0] {
        case "noeviction": break
        case .some(let policy):
            warnings.append("redis may evict jobs: maxmemory-policy is \(policy), it must be noeviction")
        case nil: warnings.append("redis does not tell maxmemory-policy: make sure that it is noeviction")
        }
        switch values[1] {
        case "yes": break
        case .some: warnings.append("redis forgets jobs when it restarts: appendonly must be yes")
        case nil: warnings.append("redis does not tell appendonly: make sure that it is yes")
        }
        return warnings
    }
}

import FoundationEssentials
public import Identifiers
public import Redis

/// What an untracked job says to whoever waits for it: a key of its own for a minute, and a ring.
public struct Replies: Sendable {
    private let redis: RedisConnection
    private let keys: FeedKeys
    private let prefix: String

    public init(redis: RedisConnection, namespace: String = "tern") {
        self.redis = redis
        keys = FeedKeys(namespace: namespace)
        prefix = "{\(namespace)}:reply:"
    }

    /// Answers the job's asker.
    public func reply(_ value: some Encodable, to id: JobID) async throws {
        try await store([UInt8](JSONEncoder().encode(value)), to: id)
    }

    /// Tells the asker at once that there will be no answer.
    public func refuse(_ id: JobID, reason: String) async throws {
        try await store([UInt8](JSONEncoder().encode(Refusal(error: reason))), to: id)
    }

    /// The answer, if it is there.
    ///
    /// - Throws: ``ReplyRefused`` when the job said that there will be none.
    public func reply<Value: Decodable>(of id: JobID, as _: Value.Type = Value.self) async throws -> Value? {
        guard let bytes = try await redis.send("GET", .text(prefix + id.description)).bytes else { return nil }
        let data = Data(bytes)
        if let refusal = try? JSONDecoder().decode(Refusal.self, from: data) { throw ReplyRefused(refusal.error) }
        return try JSONDecoder().decode(Value.self, from: data)
    }

    private func store(_ bytes: [UInt8], to id: JobID) async throws {
        let answers = try await redis.send([
            RedisCommand("SET", .text(prefix + id.description), .bytes(bytes), "EX", 60),
            RedisCommand("PUBLISH", .text(keys.bell), .text(id.description)),
        ])
        _ = try answers.first?.get()
    }

    private struct Refusal: Codable {
        var error: String
        enum CodingKeys: String, CodingKey { case error = "tern.error" }
    }
}

/// The job that was asked failed.
public struct ReplyRefused: Error, CustomStringConvertible {
    public let description: String

    init(_ reason: String) {
        description = reason
    }
}

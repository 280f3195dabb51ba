public import FoundationEssentials

/// The state of everything at a time, in figures.
public struct StatisticsSnapshot: Sendable, Equatable, Codable {
    public struct Users: Sendable, Equatable, Codable {
        public var total: Int
        public var verified: Int
        public var active24h: Int
        public var new7d: Int
    }

    public struct Conversations: Sendable, Equatable, Codable {
        public var total: Int
        public var active24h: Int
        public var new7d: Int
    }

    public struct Messages: Sendable, Equatable, Codable {
        public var total: Int
        public var user: Int
        public var assistant: Int
        public var last24h: Int
    }

    public struct Jobs: Sendable, Equatable, Codable {
        public var total: Int
        public var unfinished: Int
        public var succeeded: Int
        public var failed: Int
        public var cancelled: Int
        public var expired: Int
    }

    public var users: Users
    public var conversations: Conversations
    public var messages: Messages
    public var jobs: Jobs
    public var knowledge: KnowledgeCounts
}

/// A stored snapshot.
public struct StatisticsPoint: Sendable, Equatable {
    public var at: Date
    public var snapshot: StatisticsSnapshot
}

public struct Statistics: Sendable {
    let store: Store
}

extension Store {
    public var statistics: Statistics { Statistics(store: self) }
}

extension Statistics {
    /// Counts everything now. The totals of conversations and messages are those of their tables.
    public func snapshot(at now: Date = Date()) async throws -> StatisticsSnapshot {
        try await store.read { try Self.snapshot(at: now, in: $0) }
    }

    /// Counts everything and stores the point; a second point of the same millisecond replaces the first.
    public func storePoint(at now: Date = Date()) async throws -> StatisticsSnapshot {
        let snapshot = try await snapshot(at: now)
        let text = String(decoding: try JSONEncoder().encode(snapshot), as: UTF8.self)
        _ = try await store.write {
            try $0.run(
                """
                INSERT INTO statistics_points (at, snapshot) VALUES ($1, $2)
                ON CONFLICT (at) DO UPDATE SET snapshot = excluded.snapshot
                """, now, text)
        }
        return snapshot
    }

    /// The stored points since a time, oldest first.
    public func points(since time: Date, limit: Int = 2_000) async throws -> [StatisticsPoint] {
        let rows = try await store.read {
            try $0.rows(
                "SELECT at, snapshot FROM statistics_points WHERE at >= $1 ORDER BY at LIMIT $2", time, limit
            ) { (at: $0.date(0), text: $0.text(1)) }
        }
        let decoder = JSONDecoder()
        // A point of an older shape is left out rather than failing the page.
        return rows.compactMap { row in
            (try? decoder.decode(StatisticsSnapshot.self, from: Data(row.text.utf8))).map {
                StatisticsPoint(at: row.at, snapshot: $0)
            }
        }
    }

    /// Removes points stored before a time.
    public func removePoints(before time: Date) async throws -> Int {
        try await store.write { try $0.run("DELETE FROM statistics_points WHERE at < $1", time) }
    }

    private static func snapshot(at now: Date, in transaction: Transaction) throws -> StatisticsSnapshot {
        let day = now.unixMilliseconds - 24 * 3_600_000
        let week = now.unixMilliseconds - 7 * 24 * 3_600_000
        func count(_ sql: String, _ time: Int64? = nil) throws -> Int {
            if let time { try transaction.count(sql, time) } else { try transaction.count(sql) }
        }
        let statuses = try transaction.rows("SELECT status, COUNT(*) FROM jobs GROUP BY status") {
            (try $0.value(0, JobStatus.self), $0.int(1))
        }
        let jobs = Dictionary(statuses, uniquingKeysWith: +)
        let users = try count("SELECT COUNT(*) FROM messages WHERE role = 'user'")
        let messages = try count("SELECT COUNT(*) FROM messages")
        return StatisticsSnapshot(
            users: .init(
                total: try count("SELECT COUNT(*) FROM accounts"),
                verified: try count("SELECT COUNT(*) FROM accounts WHERE is_verified = 1"),
                active24h: try count("SELECT COUNT(*) FROM accounts WHERE last_seen_at >= $1", day),
                new7d: try count("SELECT COUNT(*) FROM accounts WHERE created_at >= $1", week)),
            conversations: .init(
                total: try count("SELECT COUNT(*) FROM conversations"),
                active24h: try count("SELECT COUNT(*) FROM conversations WHERE updated_at >= $1", day),
                new7d: try count("SELECT COUNT(*) FROM conversations WHERE created_at >= $1", week)),
            messages: .init(
                total: messages, user: users, assistant: messages - users,
                last24h: try count("SELECT COUNT(*) FROM messages WHERE created_at >= $1", day)),
            jobs: .init(
                total: jobs.values.reduce(0, +),
                unfinished: jobs.filter { !$0.key.isTerminal }.values.reduce(0, +),
                succeeded: jobs[.succeeded] ?? 0, failed: jobs[.failed] ?? 0, cancelled: jobs[.cancelled] ?? 0,
                expired: jobs[.expired] ?? 0),
            knowledge: try KnowledgeCounts(in: transaction))
    }
}

public import FoundationEssentials
public import Identifiers

/// The tracked jobs of the Store.
public struct JobRows: Sendable {
    let store: Store
}

extension Store {
    public var jobs: JobRows { JobRows(store: self) }
}

extension JobRows {
    /// Writes a job, or returns the unfinished one that holds its unique key.
    public func create(_ new: NewTrackedJob, at now: Date = Date()) async throws -> JobCreation {
        try await store.write { try Self.create(new, at: now, in: $0) }
    }

    /// Writes many jobs in one transaction.
    public func create(_ new: [NewTrackedJob], at now: Date = Date()) async throws -> [JobCreation] {
        try await store.write { transaction in
            try new.map { try Self.create($0, at: now, in: transaction) }
        }
    }

    public func find(_ id: JobID) async throws -> TrackedJob? {
        try await store.read { try Self.find(id, in: $0) }
    }

    public func find(_ ids: [JobID]) async throws -> [TrackedJob] {
        try await store.read { transaction in try ids.compactMap { try Self.find($0, in: transaction) } }
    }

    public func find(_ id: JobID, of account: AccountID) async throws -> TrackedJob? {
        try await store.read {
            try $0.first(
                "SELECT \(TrackedJob.columns) FROM jobs WHERE id = $1 AND account_id = $2", id, account,
                read: TrackedJob.init)
        }
    }

    /// A job with the answer's message, as the API shows it; nil when the account has no such job.
    public func answer(_ id: JobID, of account: AccountID) async throws -> JobWithAnswer? {
        try await store.read { transaction in
            try transaction.first(
                """
                SELECT \(TrackedJob.columns), messages.content, messages.sources, messages.usage
                FROM jobs LEFT JOIN messages ON messages.id = jobs.response_id
                WHERE jobs.id = $1 AND jobs.account_id = $2
                """, id, account, read: JobWithAnswer.init)
        }
    }

    /// The status and version of a job: what a long-poll needs before it waits.
    public func version(of id: JobID) async throws -> (status: JobStatus, version: Int64)? {
        try await store.read {
            try $0.first("SELECT status, version FROM jobs WHERE id = $1", id) {
                (status: try $0.value(0, JobStatus.self), version: $0.integer(1))
            }
        }
    }

    /// A page of jobs for administration, newest first.
    public func list(_ filter: JobFilter = JobFilter(), limit: Int = 50, cursor: String? = nil) async throws
        -> Page<TrackedJob>
    {
        try await store.read { transaction in
            let (condition, arguments) = filter.condition(firstPlaceholder: 3)
            let rows = try transaction.rows(
                "SELECT \(TrackedJob.columns) FROM jobs WHERE id < $1\(condition) ORDER BY id DESC LIMIT $2",
                arguments: [cursor ?? "~", limit + 1] + arguments, read: TrackedJob.init)
            return Page(reading: rows, limit: limit) { $0.id.description }
        }
    }

    /// The failed attempts of a job as JSON lines, oldest first.
    public func history(of id: JobID) async throws -> [String] {
        try await store.read {
            try $0.first("SELECT history FROM jobs WHERE id = $1", id) {
                $0.text(0).split(separator: "\n").map(String.init)
            } ?? []
        }
    }

    /// Unfinished jobs written before a time, oldest first: what reconcile compares with the queue. `after` continues
    /// behind a job of the last call.
    public func unfinished(
        createdBefore time: Date, after last: TrackedJob? = nil, limit: Int = 500
    ) async throws -> [TrackedJob] {
        try await store.read {
            try $0.rows(
                """
                SELECT \(TrackedJob.columns) FROM jobs
                WHERE finished_at IS NULL AND created_at < $1 AND (created_at, id) > ($2, $3)
                ORDER BY created_at, id LIMIT $4
                """, time, last?.createdAt ?? Date(unixMilliseconds: 0), last?.id.description ?? "", limit,
                read: TrackedJob.init)
        }
    }

    /// How many jobs there are by status.
    public func counts() async throws -> [JobStatus: Int] {
        try await store.read {
            let pairs = try $0.rows("SELECT status, COUNT(*) FROM jobs GROUP BY status") {
                (try $0.value(0, JobStatus.self), $0.int(1))
            }
            return Dictionary(pairs, uniquingKeysWith: +)
        }
    }

    static func find(_ id: JobID, in transaction: Transaction) throws -> TrackedJob? {
        try transaction.first("SELECT \(TrackedJob.columns) FROM jobs WHERE id = $1", id, read: TrackedJob.init)
    }

    static func create(_ new: NewTrackedJob, at now: Date, in transaction: Transaction) throws -> JobCreation {
        let created = try transaction.first(
            """
            INSERT INTO jobs (id, account_id, kind, queue, payload, status, max_attempts, version, unique_key, deadline,
                created_at)
            VALUES ($1, $2, $3, $4, $5, 'queued', $6, $9, $7, $8, $9)
            ON CONFLICT DO NOTHING RETURNING \(TrackedJob.columns)
            """,
            new.id, new.accountID, new.kind, new.queue, new.payload, new.maximumAttempts, new.uniqueKey, new.deadline,
            now, read: TrackedJob.init)
        if let created { return .created(created) }
        let standing = try transaction.first(
            """
            SELECT \(TrackedJob.columns) FROM jobs
            WHERE id = $1 OR (unique_key = $2 AND unique_key IS NOT NULL AND finished_at IS NULL)
            """, new.id, new.uniqueKey, read: TrackedJob.init)
        guard let standing else { throw StoreError.constraint("job \(new.id) could not be written") }
        return .standing(standing)
    }
}

/// A job with the answer it makes.
public struct JobWithAnswer: Sendable, Equatable {
    public var job: TrackedJob
    /// The final text, or what the last checkpoint holds; nil for other kinds and before the first text.
    public var response: String?
    /// JSON.
    public var sources: String?
    public var usage: String?

    init(_ row: SQLRow) throws {
        job = try TrackedJob(row)
        let content = row.optionalText(TrackedJob.columnCount)
        response = content.flatMap { $0.isEmpty ? nil : $0 } ?? job.partialText
        sources = row.optionalText(TrackedJob.columnCount + 1)
        usage = row.optionalText(TrackedJob.columnCount + 2)
    }
}

/// Which jobs a list shows; nil shows all.
public struct JobFilter: Sendable {
    public var statuses: [JobStatus]
    public var queue: String?
    public var kind: String?
    public var accountID: AccountID?
    /// Text that the id, the kind or the error holds.
    public var text: String?

    public init(
        statuses: [JobStatus] = [], queue: String? = nil, kind: String? = nil, accountID: AccountID? = nil,
        text: String? = nil
    ) {
        self.statuses = statuses
        self.queue = queue
        self.kind = kind
        self.accountID = accountID
        self.text = text
    }

    func condition(firstPlaceholder: Int) -> (sql: String, arguments: [any SQLArgument]) {
        var sql = ""
        var arguments: [any SQLArgument] = []
        func placeholder(_ argument: any SQLArgument) -> String {
            arguments.append(argument)
            return "$\(firstPlaceholder + arguments.count - 1)"
        }
        if !statuses.isEmpty {
            sql += " AND status IN (\(statuses.map { placeholder($0.rawValue) }.joined(separator: ", ")))"
        }
        if let queue { sql += " AND queue = \(placeholder(queue))" }
        if let kind { sql += " AND kind = \(placeholder(kind))" }
        if let accountID { sql += " AND account_id = \(placeholder(accountID))" }
        if let text, !text.isEmpty {
            let pattern = placeholder(Accounts.pattern(holding: text))
            sql += " AND (id LIKE \(pattern) ESCAPE '!' OR kind LIKE \(pattern) ESCAPE '!'"
            sql += " OR LOWER(COALESCE(error, '')) LIKE \(pattern) ESCAPE '!')"
        }
        return (sql, arguments)
    }
}

public import FoundationEssentials
public import Identifiers

/// Who did what, from where.
public struct AuditEntry: Sendable, Equatable {
    public var number: Int64
    public var at: Date
    public var accountID: AccountID?
    public var action: String
    public var target: String?
    public var ip: String?
    public var requestID: String?
    /// JSON.
    public var detail: String?
}

public struct Audit: Sendable {
    let store: Store
}

extension Store {
    public var audit: Audit { Audit(store: self) }
}

extension Audit {
    public func append(
        action: String, account: AccountID? = nil, target: String? = nil, ip: String? = nil, requestID: String? = nil,
        detail: String? = nil, at now: Date = Date()
    ) async throws {
        _ = try await store.write {
            try $0.run(
                """
                INSERT INTO audit (at, account_id, action, target, ip, request_id, detail)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """, now, account, action, target, ip, requestID, detail)
        }
    }

    /// A page of the log, newest first.
    public func list(
        account: AccountID? = nil, action: String? = nil, limit: Int = 50, cursor: String? = nil
    ) async throws -> Page<AuditEntry> {
        try await store.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT number, at, account_id, action, target, ip, request_id, detail FROM audit
                WHERE number < $1 AND (account_id = $2 OR $2 IS NULL) AND (action = $3 OR $3 IS NULL)
                ORDER BY number DESC LIMIT $4
                """, Cursor(cursor, count: 1)?.integer(0) ?? Int64.max, account, action, limit + 1
            ) {
                AuditEntry(
                    number: $0.integer(0), at: $0.date(1), accountID: try $0.optionalID(2), action: $0.text(3),
                    target: $0.optionalText(4), ip: $0.optionalText(5), requestID: $0.optionalText(6),
                    detail: $0.optionalText(7))
            }
            return Page(reading: rows, limit: limit) { "\($0.number)" }
        }
    }
}

public import FoundationEssentials
public import Identifiers

/// A file kept for a while: an upload until it is ingested, an export until it is fetched.
public struct StoredFile: Sendable, Equatable {
    public var id: FileID
    public var accountID: AccountID?
    public var name: String
    public var contentType: String
    public var content: Data
    public var createdAt: Date
    public var expiresAt: Date
}

public struct Files: Sendable {
    let store: Store
}

extension Store {
    public var files: Files { Files(store: self) }
}

extension Files {
    public func create(
        _ id: FileID = .make(), account: AccountID?, name: String, contentType: String, content: Data,
        expiresAt: Date, at now: Date = Date()
    ) async throws -> FileID {
        try await store.write { transaction in
            try Self.insert(
                id, account: account, name: name, contentType: contentType, content: content, expiresAt: expiresAt,
                at: now, in: transaction)
            return id
        }
    }

    /// A living file; with an account only of its own.
    public func find(_ id: FileID, of account: AccountID? = nil, at now: Date = Date()) async throws -> StoredFile? {
        try await store.read {
            try $0.first(
                """
                SELECT id, account_id, name, content_type, content, created_at, expires_at FROM files
                WHERE id = $1 AND (account_id = $2 OR $2 IS NULL) AND expires_at > $3
                """, id, account, now
            ) {
                StoredFile(
                    id: try $0.id(0), accountID: try $0.optionalID(1), name: $0.text(2), contentType: $0.text(3),
                    content: $0.data(4), createdAt: $0.date(5), expiresAt: $0.date(6))
            }
        }
    }

    public func delete(_ id: FileID) async throws {
        _ = try await store.write { try $0.run("DELETE FROM files WHERE id = $1", id) }
    }

    static func insert(
        _ id: FileID, account: AccountID?, name: String, contentType: String, content: Data, expiresAt: Date,
        at now: Date, in transaction: Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO files (id, account_id, name, content_type, content, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, id, account, name, contentType, content, now, expiresAt)
    }
}

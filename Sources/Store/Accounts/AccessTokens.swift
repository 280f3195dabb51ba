public import FoundationEssentials
public import Identifiers

/// A personal access token; its secret is shown once and kept as a hash.
public struct AccessToken: Sendable, Equatable {
    public var id: AccessTokenID
    public var name: String
    public var scopes: [String]
    public var createdAt: Date
    public var expiresAt: Date?
    public var lastUsedAt: Date?
}

public struct AccessTokens: Sendable {
    let store: Store
}

extension Store {
    public var accessTokens: AccessTokens { AccessTokens(store: self) }
}

extension AccessTokens {
    public func create(
        _ id: AccessTokenID = .make(), account: AccountID, name: String, hash: String, scopes: [String],
        expiresAt: Date? = nil, at now: Date = Date()
    ) async throws -> AccessToken {
        try await store.write {
            try $0.run(
                """
                INSERT INTO access_tokens (id, account_id, name, hash, scopes, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """, id, account, name, hash, scopes.joined(separator: " "), now, expiresAt)
            return AccessToken(
                id: id, name: name, scopes: scopes, createdAt: now.wholeMilliseconds,
                expiresAt: expiresAt?.wholeMilliseconds)
        }
    }

    /// The person behind a living token.
    public func principal(hash: String, at now: Date = Date()) async throws -> Principal? {
        try await store.read {
            try $0.first(
                """
                SELECT a.id, a.username, a.email, a.is_verified, a.is_admin, t.id, t.scopes, t.last_used_at
                FROM access_tokens t JOIN accounts a ON a.id = t.account_id
                WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND a.is_active = 1
                """, hash, now
            ) {
                Principal(
                    accountID: try $0.id(0), username: $0.text(1), email: $0.text(2), isVerified: $0.bool(3),
                    isAdmin: $0.bool(4), sessionID: nil, lastSeenAt: $0.optionalDate(7), accessTokenID: try $0.id(5),
                    scopes: $0.text(6).split(separator: " ").map(String.init))
            }
        }
    }

    /// Notes that a token is in use; callers do it at most once a minute or so.
    public func touch(_ id: AccessTokenID, at now: Date = Date()) async throws {
        _ = try await store.write { try $0.run("UPDATE access_tokens SET last_used_at = $2 WHERE id = $1", id, now) }
    }

    public func list(of account: AccountID) async throws -> [AccessToken] {
        try await store.read {
            try $0.rows(
                """
                SELECT id, name, scopes, created_at, expires_at, last_used_at FROM access_tokens
                WHERE account_id = $1 ORDER BY id DESC LIMIT 100
                """, account
            ) {
                AccessToken(
                    id: try $0.id(0), name: $0.text(1), scopes: $0.text(2).split(separator: " ").map(String.init),
                    createdAt: $0.date(3), expiresAt: $0.optionalDate(4), lastUsedAt: $0.optionalDate(5))
            }
        }
    }

    /// Removes a token of the account; false when there is none.
    public func delete(_ id: AccessTokenID, of account: AccountID) async throws -> Bool {
        try await store.write {
            try $0.run("DELETE FROM access_tokens WHERE id = $1 AND account_id = $2", id, account) > 0
        }
    }
}

public import FoundationEssentials
public import Identifiers

/// A sign-in on one device.
public struct Session: Sendable, Equatable {
    public var id: SessionID
    public var accountID: AccountID
    public var device: String
    public var ip: String
    public var createdAt: Date
    public var lastSeenAt: Date
    public var expiresAt: Date
}

/// Who makes a request: the state of the account behind a living session or access token, read in one go.
public struct Principal: Sendable, Equatable {
    public var accountID: AccountID
    public var username: String
    public var email: String
    public var isVerified: Bool
    public var isAdmin: Bool
    /// Set for sessions.
    public var sessionID: SessionID?
    /// When the session, or the token, was last seen in use.
    public var lastSeenAt: Date?
    /// Set for access tokens: the id and the scopes.
    public var accessTokenID: AccessTokenID?
    public var scopes: [String]?
}

/// How the use of a refresh token ended.
public enum Rotation: Sendable, Equatable {
    /// The token was used now, its successor lives.
    case rotated(Principal)
    /// The token had been used less than the grace ago: the same successor is answered again.
    case repeated(Principal)
    /// The token was used before; its whole family, the session, is revoked now.
    case reused(SessionID, AccountID)
    /// Unknown, expired, revoked, or the account is inactive.
    case refused
}

/// Sessions and their rotating refresh tokens. Tokens come in as hashes only.
///
/// A successor must follow from the presented token alone (an HMAC of it, say): so the repeated use of a token within the
/// grace yields the same successor although no token is kept in plain.
public struct Sessions: Sendable {
    let store: Store
}

extension Store {
    public var sessions: Sessions { Sessions(store: self) }
}

extension Sessions {
    /// Opens a session with its first refresh token and notes the sign-in on the account.
    public func create(
        _ id: SessionID = .make(), account: AccountID, refreshHash: String, device: String, ip: String,
        expiresAt: Date, at now: Date = Date()
    ) async throws -> SessionID {
        try await store.write { transaction in
            try transaction.run(
                """
                INSERT INTO sessions (id, account_id, device, ip, created_at, last_seen_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $5, $6)
                """, id, account, device, ip, now, expiresAt)
            try transaction.run(
                "INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)", refreshHash, id, now)
            try transaction.run(
                "UPDATE accounts SET last_login_at = $2, last_seen_at = $2 WHERE id = $1", account, now)
            return id
        }
    }

    /// The person behind a living session, nil when it is over in any way: the check of every request.
    public func principal(of id: SessionID, at now: Date = Date()) async throws -> Principal? {
        try await store.read { try Self.principal(of: id, at: now, in: $0) }
    }

    /// Uses a refresh token: the successor (given by its hash) lives from now on and the session lasts until `expiresAt`.
    ///
    /// One caller rotates; others with the same token get `.repeated` for `grace`; later the family is revoked.
    public func rotate(
        refreshHash: String, successorHash: String, expiresAt: Date, grace: Duration = .seconds(10),
        at now: Date = Date()
    ) async throws -> Rotation {
        try await store.write { transaction in
            let isFirst = try transaction.exists(
                "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL RETURNING hash",
                refreshHash, now)
            let found = try transaction.first(
                """
                SELECT s.id, s.account_id, t.used_at FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = $1
                """, refreshHash
            ) { (session: try $0.id(0, SessionIdentity.self), account: try $0.id(1, Account.self), used: $0.date(2)) }
            guard let found, let principal = try Self.principal(of: found.session, at: now, in: transaction) else {
                return .refused
            }
            if isFirst {
                try transaction.run(
                    "INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)", successorHash,
                    found.session, now)
                try transaction.run(
                    "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1", found.session, now,
                    expiresAt)
                return .rotated(principal)
            }
            let age = now.unixMilliseconds - found.used.unixMilliseconds
            if age <= grace.milliseconds { return .repeated(principal) }
            try transaction.run(
                "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", found.session, now)
            return .reused(found.session, found.account)
        }
    }

    /// Ends a session of the account; false when there is no such living one.
    @discardableResult
    public func revoke(_ id: SessionID, of account: AccountID, at now: Date = Date()) async throws -> Bool {
        try await store.write {
            try $0.run(
                "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL", id,
                account, now) > 0
        }
    }

    public func revokeAll(of account: AccountID, except id: SessionID? = nil, at now: Date = Date()) async throws {
        try await store.write { try Self.revokeAll(of: account, except: id, at: now, in: $0) }
    }

    /// Notes that a session is in use; callers do it at most once a minute or so.
    public func touch(_ id: SessionID, ip: String, at now: Date = Date()) async throws {
        try await store.write { transaction in
            try transaction.run("UPDATE sessions SET last_seen_at = $2, ip = $3 WHERE id = $1", id, now, ip)
            try transaction.run(
                "UPDATE accounts SET last_seen_at = $2 WHERE id = (SELECT account_id FROM sessions WHERE id = $1)", id,
                now)
        }
    }

    /// The living sessions of an account, the last seen first.
    public func list(of account: AccountID, at now: Date = Date()) async throws -> [Session] {
        try await store.read {
            try $0.rows(
                """
                SELECT id, account_id, device, ip, created_at, last_seen_at, expires_at FROM sessions
                WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC LIMIT 100
                """, account, now
            ) {
                Session(
                    id: try $0.id(0), accountID: try $0.id(1), device: $0.text(2), ip: $0.text(3),
                    createdAt: $0.date(4), lastSeenAt: $0.date(5), expiresAt: $0.date(6))
            }
        }
    }

    static func revokeAll(
        of account: AccountID, except id: SessionID?, at now: Date, in transaction: Transaction
    ) throws {
        try transaction.run(
            "UPDATE sessions SET revoked_at = $3 WHERE account_id = $1 AND id <> $2 AND revoked_at IS NULL", account,
            id?.description ?? "", now)
    }

    private static func principal(
        of id: SessionID, at now: Date, in transaction: Transaction
    ) throws -> Principal? {
        try transaction.first(
            """
            SELECT a.id, a.username, a.email, a.is_verified, a.is_admin, s.last_seen_at
            FROM sessions s JOIN accounts a ON a.id = s.account_id
            WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND a.is_active = 1
            """, id, now
        ) {
            Principal(
                accountID: try $0.id(0), username: $0.text(1), email: $0.text(2), isVerified: $0.bool(3),
                isAdmin: $0.bool(4), sessionID: id, lastSeenAt: $0.date(5))
        }
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

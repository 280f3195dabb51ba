public import FoundationEssentials
public import Identifiers

/// What a link in a mail is for.
public enum EmailPurpose: String, Sendable, CaseIterable {
    case verification
    case passwordReset = "password_reset"
}

/// How the visit of a verification link ended.
public enum Verification: Sendable, Equatable {
    case verified(AccountID)
    /// The link was visited before, or the address is verified by another link: mail scanners prefetch.
    case alreadyVerified(AccountID)
    case expired
    case unknown
}

/// Tokens of links in mails, kept as hashes. Several may live at once; all work until one is used.
public struct EmailTokens: Sendable {
    let store: Store
}

extension Store {
    public var emailTokens: EmailTokens { EmailTokens(store: self) }
}

extension EmailTokens {
    public func insert(
        hash: String, account: AccountID, purpose: EmailPurpose, email: String, expiresAt: Date, at now: Date = Date()
    ) async throws {
        _ = try await store.write {
            try $0.run(
                """
                INSERT INTO email_tokens (hash, account_id, purpose, email, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, hash, account, purpose.rawValue, email, now, expiresAt)
        }
    }

    /// Verifies the address the token was sent to; idempotent. A token for an address that the account has left is
    /// unknown.
    public func verify(hash: String, at now: Date = Date()) async throws -> Verification {
        try await store.write { transaction in
            let found = try transaction.first(
                """
                SELECT a.id, a.is_verified, t.expires_at FROM email_tokens t JOIN accounts a ON a.id = t.account_id
                WHERE t.hash = $1 AND t.purpose = $2 AND a.email_folded = $3
                """, hash, EmailPurpose.verification.rawValue, try Self.address(of: hash, in: transaction).folded
            ) { (account: try $0.id(0, Account.self), isVerified: $0.bool(1), expiresAt: $0.date(2)) }
            guard let found else { return .unknown }
            if found.isVerified { return .alreadyVerified(found.account) }
            guard found.expiresAt > now else { return .expired }
            try transaction.run("UPDATE accounts SET is_verified = 1 WHERE id = $1", found.account)
            try transaction.run("UPDATE email_tokens SET used_at = $2 WHERE hash = $1", hash, now)
            return .verified(found.account)
        }
    }

    /// Sets a new password by a reset token, revokes all sessions and uses up every reset token of the account; nil when
    /// the token is unknown, used or expired.
    public func resetPassword(hash: String, to passwordHash: String, at now: Date = Date()) async throws -> AccountID? {
        try await store.write { transaction in
            let account = try transaction.first(
                """
                UPDATE email_tokens SET used_at = $3
                WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING account_id
                """, hash, EmailPurpose.passwordReset.rawValue, now
            ) { try $0.id(0, Account.self) }
            guard let account else { return nil }
            try transaction.run(
                "UPDATE email_tokens SET used_at = $3 WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL",
                account, EmailPurpose.passwordReset.rawValue, now)
            try transaction.run(
                "UPDATE accounts SET password_hash = $2 WHERE id = $1", account, passwordHash)
            try Sessions.revokeAll(of: account, except: nil, at: now, in: transaction)
            return account
        }
    }

    /// The account a living reset token is for, without using it (its page asks before it shows a form).
    public func accountForReset(hash: String, at now: Date = Date()) async throws -> AccountID? {
        try await store.read {
            try $0.first(
                """
                SELECT account_id FROM email_tokens
                WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
                """, hash, EmailPurpose.passwordReset.rawValue, now
            ) { try $0.id(0, Account.self) }
        }
    }

    private static func address(of hash: String, in transaction: Transaction) throws -> String {
        try transaction.first("SELECT email FROM email_tokens WHERE hash = $1", hash) { $0.text(0) } ?? ""
    }
}

public import FoundationEssentials
public import Identifiers

/// The accounts of the Store.
public struct Accounts: Sendable {
    let store: Store
}

extension Store {
    public var accounts: Accounts { Accounts(store: self) }
}

extension Accounts {
    /// Creates an account, and the mail that greets it with its job, in one transaction.
    ///
    /// Both taken names are reported together. The UNIQUE columns decide, so two signups at once can't both win.
    public func create(_ new: NewAccount, mail: NewMail? = nil, at now: Date = Date()) async throws -> NamingOutcome {
        try await store.write { transaction in
            let account = try transaction.first(
                """
                INSERT INTO accounts (id, username, username_folded, email, email_folded, password_hash, is_verified,
                    is_admin, is_active, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
                ON CONFLICT DO NOTHING RETURNING \(Account.columns)
                """,
                new.id, new.username, new.username.folded, new.email, new.email.folded, new.passwordHash,
                new.isVerified, new.isAdmin, now, read: Account.init)
            guard let account else {
                return .taken(
                    try Self.takenNames(in: transaction, username: new.username, email: new.email, except: nil))
            }
            if let mail { _ = try Mails.insert(mail, at: now, in: transaction) }
            return .done(account)
        }
    }

    /// Changes the name, the address or both; a changed address has to be verified anew.
    public func rename(
        _ id: AccountID, username: String? = nil, email: String? = nil, mail: NewMail? = nil, at now: Date = Date()
    ) async throws -> NamingOutcome {
        try await store.writeOrAbandon { transaction in
            guard let old = try Self.find(id, in: transaction) else { return .missing }
            let taken = try Self.takenNames(
                in: transaction, username: username ?? old.username, email: email ?? old.email, except: id)
            guard taken.isEmpty else { return .taken(taken) }
            let isSameAddress = email.map { $0.folded == old.email.folded } ?? true
            let account = try transaction.first(
                """
                UPDATE accounts SET username = $2, username_folded = $3, email = $4, email_folded = $5, is_verified = $6
                WHERE id = $1 RETURNING \(Account.columns)
                """,
                id, username ?? old.username, (username ?? old.username).folded, email ?? old.email,
                (email ?? old.email).folded, old.isVerified && isSameAddress, read: Account.init)
            guard let account else { return .missing }
            if let mail { _ = try Mails.insert(mail, at: now, in: transaction) }
            return .done(account)
        }
    }

    public func find(_ id: AccountID) async throws -> Account? {
        try await store.read { try Self.find(id, in: $0) }
    }

    public func find(username: String) async throws -> Account? {
        try await store.read {
            try $0.first(
                "SELECT \(Account.columns) FROM accounts WHERE username_folded = $1", username.folded,
                read: Account.init)
        }
    }

    public func find(email: String) async throws -> Account? {
        try await store.read {
            try $0.first(
                "SELECT \(Account.columns) FROM accounts WHERE email_folded = $1", email.folded, read: Account.init)
        }
    }

    public func adminExists() async throws -> Bool {
        try await store.read { try $0.exists("SELECT 1 FROM accounts WHERE is_admin = 1 LIMIT 1") }
    }

    public func profile(_ id: AccountID) async throws -> Profile? {
        try await store.read { transaction in
            guard let account = try Self.find(id, in: transaction) else { return nil }
            return try transaction.first(
                """
                SELECT COUNT(*), COALESCE(SUM(message_count), 0) FROM conversations
                WHERE account_id = $1 AND is_listed = 1 AND deleted_at IS NULL
                """, id
            ) { Profile(account: account, conversationCount: $0.int(0), messageCount: $0.int(1)) }
        }
    }

    /// A page of all accounts, newest first, optionally those whose name or address holds a text.
    public func list(matching text: String? = nil, limit: Int = 50, cursor: String? = nil) async throws -> Page<Account>
    {
        try await store.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT \(Account.columns) FROM accounts
                WHERE id < $1 AND (username_folded LIKE $2 ESCAPE '!' OR email_folded LIKE $2 ESCAPE '!')
                ORDER BY id DESC LIMIT $3
                """, cursor ?? "~", Self.pattern(holding: text ?? ""), limit + 1, read: Account.init)
            return Page(reading: rows, limit: limit) { $0.id.description }
        }
    }

    public func setPasswordHash(_ hash: String, of id: AccountID) async throws {
        _ = try await store.write {
            try $0.run("UPDATE accounts SET password_hash = $2 WHERE id = $1", id, hash)
        }
    }

    /// Changes the password and revokes every session but the given one.
    public func changePassword(
        of id: AccountID, to hash: String, keeping session: SessionID?, at now: Date = Date()
    ) async throws {
        try await store.write { transaction in
            try transaction.run("UPDATE accounts SET password_hash = $2 WHERE id = $1", id, hash)
            try Sessions.revokeAll(of: id, except: session, at: now, in: transaction)
        }
    }

    public func setLastLogin(of id: AccountID, at now: Date) async throws {
        _ = try await store.write {
            try $0.run("UPDATE accounts SET last_login_at = $2, last_seen_at = $2 WHERE id = $1", id, now)
        }
    }

    /// Changes what an administrator may change; nil leaves a field. Returns the account, nil when it is not there.
    /// An account that is made inactive loses its sessions.
    public func set(
        _ id: AccountID, isVerified: Bool? = nil, isAdmin: Bool? = nil, isActive: Bool? = nil, at now: Date = Date()
    ) async throws -> Account? {
        try await store.write { transaction in
            let account = try transaction.first(
                """
                UPDATE accounts SET is_verified = COALESCE($2, is_verified), is_admin = COALESCE($3, is_admin),
                    is_active = COALESCE($4, is_active)
                WHERE id = $1 RETURNING \(Account.columns)
                """, id, isVerified, isAdmin, isActive, read: Account.init)
            if account?.isActive == false { try Sessions.revokeAll(of: id, except: nil, at: now, in: transaction) }
            return account
        }
    }

    static func find(_ id: AccountID, in transaction: Transaction) throws -> Account? {
        try transaction.first("SELECT \(Account.columns) FROM accounts WHERE id = $1", id, read: Account.init)
    }

    private static func takenNames(
        in transaction: Transaction, username: String, email: String, except id: AccountID?
    ) throws -> TakenNames {
        var taken: TakenNames = []
        if try transaction.exists(
            "SELECT 1 FROM accounts WHERE username_folded = $1 AND id <> $2", username.folded, id?.description ?? "")
        {
            taken.insert(.username)
        }
        if try transaction.exists(
            "SELECT 1 FROM accounts WHERE email_folded = $1 AND id <> $2", email.folded, id?.description ?? "")
        {
            taken.insert(.email)
        }
        return taken
    }

    /// A LIKE pattern for texts that hold this one, compared in folded form, with `!` as the escape. Of a longer text the
    /// first 1000 characters count: SQLite refuses patterns of 50,000 bytes.
    static func pattern(holding text: String) -> String {
        var pattern = "%"
        for scalar in text.folded.unicodeScalars.prefix(1000) {
            if scalar == "%" || scalar == "_" || scalar == "!" { pattern.append("!") }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}

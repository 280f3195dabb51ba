public import FoundationEssentials
public import Identifiers

/// A person's account.
public struct Account: Sendable, Equatable {
    public var id: AccountID
    public var username: String
    public var email: String
    public var passwordHash: String
    public var isVerified: Bool
    public var isAdmin: Bool
    public var isActive: Bool
    public var createdAt: Date
    public var lastLoginAt: Date?

    static let columns = """
        id, username, email, password_hash, is_verified, is_admin, is_active, created_at, last_login_at
        """

    init(_ row: SQLRow) throws {
        id = try row.id(0)
        username = row.text(1)
        email = row.text(2)
        passwordHash = row.text(3)
        isVerified = row.bool(4)
        isAdmin = row.bool(5)
        isActive = row.bool(6)
        createdAt = row.date(7)
        lastLoginAt = row.optionalDate(8)
    }
}

/// What a new account is made of. Names are stored as typed and are unique without case.
public struct NewAccount: Sendable {
    public var id: AccountID
    public var username: String
    public var email: String
    public var passwordHash: String
    public var isVerified: Bool
    public var isAdmin: Bool

    public init(
        id: AccountID = .make(), username: String, email: String, passwordHash: String, isVerified: Bool = false,
        isAdmin: Bool = false
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.passwordHash = passwordHash
        self.isVerified = isVerified
        self.isAdmin = isAdmin
    }
}

/// Which names of an account are another's already.
public struct TakenNames: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    public static let username = TakenNames(rawValue: 1)
    public static let email = TakenNames(rawValue: 2)
}

/// How the creation of an account, or a change of its names, ended.
public enum NamingOutcome: Sendable {
    case done(Account)
    case taken(TakenNames)
    /// The account to change is not there.
    case missing
}

/// An account with the figures of its profile page.
public struct Profile: Sendable {
    public var account: Account
    public var conversationCount: Int
    /// Messages of both roles.
    public var messageCount: Int
}

import Identifiers
import Store

/// The account a request acts for, as the Store knew it when the request came.
///
/// A class for the same reason as `RequestFacts`.
final class Viewer: Sendable {
    /// How the request proved who it is.
    enum Credential: Sendable {
        case accessToken(SessionID)
        case cookie(SessionID)
        /// A personal access token with its scopes.
        case personalToken(AccessTokenID, scopes: Set<String>)
    }

    let accountID: AccountID
    let username: String
    let email: String
    let isVerified: Bool
    /// The role, unless the credential was not given it.
    let isAdmin: Bool
    let credential: Credential

    init(_ principal: Principal, credential: Credential) {
        accountID = principal.accountID
        username = principal.username
        email = principal.email
        isVerified = principal.isVerified
        self.credential = credential
        isAdmin = principal.isAdmin && Self.allows("admin", credential)
    }

    var sessionID: SessionID? {
        switch credential {
        case .accessToken(let id), .cookie(let id): id
        case .personalToken: nil
        }
    }

    /// Sessions may do everything; a personal token what its scopes say.
    func may(_ scope: String) -> Bool { Self.allows(scope, credential) }

    private static func allows(_ scope: String, _ credential: Credential) -> Bool {
        if case .personalToken(_, let scopes) = credential { scopes.contains(scope) } else { true }
    }
}

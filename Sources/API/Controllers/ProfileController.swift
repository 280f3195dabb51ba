import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// The signed-in account, as JSON or as a page.
struct ProfileController: Sendable {
    let store: Store
    let pages: any PageRendering

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.get("api/auth/profile", use: profile)
    }

    @Sendable
    private func profile(_ request: Request, context: AppContext) async throws -> Response {
        if request.isPageView, context.viewer == nil { return .redirectToLogin(from: request) }
        let viewer = try context.identity.viewer()
        guard let found = try await store.accounts.profile(viewer.accountID) else { throw Problem.unauthorized }
        let profile = Profile(
            id: found.account.id.description, username: found.account.username, email: found.account.email,
            isVerified: found.account.isVerified, isAdmin: found.account.isAdmin,
            dateJoined: WireTime.text(found.account.createdAt),
            lastLogin: found.account.lastLoginAt.map(WireTime.text), conversationCount: found.conversationCount,
            messageCount: found.messageCount)
        return request.isPageView
            ? pages.profile(profile, context: context) : .json { $0.object(profile.write) }
    }
}

/// An account with the figures of its profile page; times as on the wire.
struct Profile: Sendable {
    let id: String
    let username: String
    let email: String
    let isVerified: Bool
    let isAdmin: Bool
    let dateJoined: String
    let lastLogin: String?
    let conversationCount: Int
    let messageCount: Int

    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("username", username)
        json.member("email", email)
        json.member("is_verified", isVerified)
        json.member("is_admin", isAdmin)
        json.member("date_joined", dateJoined)
        json.member("last_login", lastLogin)
        json.member("conversation_count", conversationCount)
        json.member("message_count", messageCount)
    }
}

extension Response {
    /// Sends a signed-out visitor to the login page, which leads back.
    static func redirectToLogin(from request: Request) -> Response {
        let target = LocalPath.checked(request.uri.string).map { "?next=" + PercentCoding.encode($0) } ?? ""
        return .redirect(to: "/api/auth/login\(target)", type: .found)
    }
}

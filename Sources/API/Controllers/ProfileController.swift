import Accounts
import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// The signed-in account, as JSON or as a page.
struct ProfileController: Sendable {
    let store: Store
    let mails: AccountMails
    let pages: any PageRendering

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.get("api/auth/profile", use: profile)
    }

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.patch("api/auth/profile", use: change)
    }

    @Sendable
    private func profile(_ request: Request, context: AppContext) async throws -> Response {
        if request.isPageView, context.viewer == nil { return .redirectToLogin(from: request) }
        let profile = try await read(context.facts.identity.viewer().accountID)
        return request.isPageView
            ? pages.profile(profile, context: context) : .json { $0.object(profile.write) }
    }

    @Sendable
    private func change(_ request: Request, context: SignedInContext) async throws -> Response {
        guard context.viewer.sessionID != nil else { throw Problem.insufficientScope }
        var fields = try await request.fields(context: context)
        let username = fields.has("username") ? fields.text("username")?.normalized : nil
        let email = fields.has("email") ? fields.text("email") : nil
        let viewer = context.viewer
        for problem in email.map({ AccountRules.problems(email: $0) }) ?? [] { fields.refuse("email", problem) }
        if username != nil || email != nil {
            let problems = AccountRules.problems(username: username ?? viewer.username, email: email ?? viewer.email)
            for problem in problems { fields.refuse("username", problem) }
        }
        try fields.check()
        let isNewAddress = email.map { $0.lowercased() != viewer.email.lowercased() } ?? false
        let mail = isNewAddress ? try mails.verification(account: viewer.accountID, email: email ?? "") : nil
        let outcome = try await store.accounts.rename(viewer.accountID, username: username, email: email, mail: mail)
        if case .taken(let names) = outcome { throw Problem.accountExists(names) }
        if let mail { try await mails.deliver(mail) }
        let profile = try await read(viewer.accountID)
        return .json { $0.object(profile.write) }
    }

    private func read(_ account: AccountID) async throws -> Profile {
        guard let found = try await store.accounts.profile(account) else { throw Problem.unauthorized }
        return Profile(
            id: found.account.id.description, username: found.account.username, email: found.account.email,
            isVerified: found.account.isVerified, isAdmin: found.account.isAdmin,
            dateJoined: WireTime.text(found.account.createdAt),
            lastLogin: found.account.lastLoginAt.map(WireTime.text), conversationCount: found.conversationCount,
            messageCount: found.messageCount)
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

import Accounts
import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// A new password: by the old one, or by a link in a mail.
struct PasswordController: Sendable {
    let store: Store
    let passwords: PasswordCheck
    let mails: AccountMails
    let limits: Limits

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.post("api/auth/password-reset", use: requestReset)
        routes.post("api/auth/password-reset/confirm", use: confirmReset)
    }

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.post("api/auth/password-change", use: change)
    }

    @Sendable
    private func requestReset(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fields(context: context)
        let email = fields.text("email")
        try fields.check()
        try await limits.mail.admit(context.clientAddress)
        if let account = try await store.accounts.find(email: email ?? ""), account.isActive {
            try await mails.order(.passwordReset, account: account.id, email: account.email)
        }
        return .message("If an account has this address, a link is on its way.", status: .accepted)
    }

    @Sendable
    private func confirmReset(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fields(context: context)
        let token = fields.text("token")
        let password = fields.text("password")?.normalized
        try fields.check()
        let hash = SignIns.hash(token ?? "")
        guard let id = try await store.emailTokens.accountForReset(hash: hash),
            let account = try await store.accounts.find(id)
        else { throw Self.deadLink }
        let renewed = try await newHash(of: password ?? "", for: account, field: "password")
        guard try await store.emailTokens.resetPassword(hash: hash, to: renewed) != nil else { throw Self.deadLink }
        try await store.audit.append(
            action: "password_reset", account: id, ip: context.clientAddress, requestID: context.requestID)
        return .message("The password is changed; sign in with it.")
    }

    @Sendable
    private func change(_ request: Request, context: SignedInContext) async throws -> Response {
        guard let session = context.viewer.sessionID else { throw Problem.insufficientScope }
        var fields = try await request.fields(context: context)
        let old = fields.text("old_password")?.normalized
        let new = fields.text("new_password")?.normalized
        try fields.check()
        guard let account = try await store.accounts.find(context.viewer.accountID) else { throw Problem.unauthorized }
        try await limits.loginLock.check(account.id.description, from: context.clientAddress)
        guard let hash = PasswordHash(account.passwordHash), try await hash.verify(old ?? "") else {
            await limits.loginLock.noteFailure(account.id.description, from: context.clientAddress)
            throw Problem.wrongPassword(field: "old_password")
        }
        let renewed = try await newHash(of: new ?? "", for: account, field: "new_password")
        try await store.accounts.changePassword(of: account.id, to: renewed, keeping: session)
        try await store.audit.append(
            action: "password_change", account: account.id, ip: context.clientAddress, requestID: context.requestID)
        return .message("The password is changed; other sessions are signed out.")
    }

    private func newHash(of password: String, for account: Account, field: String) async throws -> String {
        let problems = AccountRules.problems(
            password: password, username: account.username, email: account.email)
        guard problems.isEmpty else { throw Problem.invalid([field: problems]) }
        return try await PasswordHash.make(password, iterations: passwords.iterations).description
    }

    private static let deadLink = Problem.gone(
        "token_invalid", "The link is unknown, used or expired; ask for a new one.")
}

extension Problem {
    static func wrongPassword(field: String) -> Problem {
        var problem = Problem(.unprocessableContent, "wrong_password", "The password is not right.")
        problem.errors = [field: ["This is not your password."]]
        return problem
    }
}

import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// Signing in and out, and the renewal of tokens.
struct LoginController: Sendable {
    let signIns: SignIns
    let passwords: PasswordCheck
    let cookies: SessionCookies
    let origin: SiteOrigin
    let limits: Limits
    let pages: any PageRendering

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.post("api/auth/login", use: login)
        routes.post("api/auth/refresh", use: refresh)
        routes.post("api/auth/logout", use: logout)
    }

    @Sendable
    private func login(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fields(.jsonOrForm, context: context)
        do {
            if request.isForm, context.facts.isForeign { throw Problem.crossSite }
            try await limits.login.admit(context.clientAddress)
            let credentials = try LoginRequest(&fields)
            let account = try await check(credentials, from: context.clientAddress)
            let pair = try await signIns.open(
                account: account.id, device: request.device, address: context.clientAddress)
            try await signIns.store.audit.append(
                action: "sign_in", account: account.id, ip: context.clientAddress, requestID: context.requestID)
            return answer(pair, account, request, next: credentials.next)
        } catch let problem as Problem where request.isForm {
            let identifier = fields.shown("username") ?? fields.shown("email") ?? ""
            let form = LoginForm(
                identifier: identifier, next: request.query("next") ?? fields.shown("next"), problem: problem)
            return pages.login(form, context: context)
        }
    }

    /// The account of a right pair; a wrong one is slowed down.
    private func check(_ credentials: LoginRequest, from address: String) async throws -> Account {
        let found = try await passwords.find(username: credentials.username, email: credentials.email)
        // However an account is called, its failures count together.
        let subject = found?.id.description ?? credentials.identifier
        try await limits.loginLock.check(subject, from: address)
        guard let account = try await passwords.account(found, password: credentials.password) else {
            await limits.loginLock.noteFailure(subject, from: address)
            throw Problem.invalidCredentials
        }
        await limits.loginLock.noteSuccess(subject, from: address)
        return account
    }

    private func answer(_ pair: TokenPair, _ account: Account, _ request: Request, next: String?) -> Response {
        var response: Response
        if request.isForm {
            let target = LocalPath.checked(request.query("next") ?? next) ?? "/chat-page"
            response = .redirect(to: target, type: .normal)
        } else {
            response = tokens(pair) { json in
                json.object("user") { UserSummary(account).write(to: &$0) }
            }
        }
        cookies.set(pair, on: &response)
        return response
    }

    @Sendable
    private func refresh(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fieldsIfAny(context: context)
        let sent = fields.optionalText("refresh")
        try fields.check()
        guard let token = sent ?? request.cookie(SessionCookies.refresh) else { throw Problem.unauthorized }
        if sent == nil, !origin.isOwn(request) { throw Problem.crossSite }
        switch try await signIns.renew(token) {
        case .renewed(let pair, _):
            var response = tokens(pair) { _ in }
            cookies.set(pair, on: &response)
            return response
        case .reused: throw Problem.tokenReused
        case .refused: throw Problem.tokenInvalid
        }
    }

    @Sendable
    private func logout(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fieldsIfAny(.jsonOrForm, context: context)
        let sent = fields.optionalText("refresh")
        try fields.check()
        try await close(sentRefresh: sent, request, context)
        var response = request.isForm ? Response.redirect(to: "/", type: .normal) : Response(status: .noContent)
        cookies.clear(on: &response)
        return response
    }

    private func close(sentRefresh: String?, _ request: Request, _ context: AppContext) async throws {
        if request.isForm, context.facts.isForeign { throw Problem.crossSite }
        if case .viewer(let viewer) = context.facts.identity, let session = viewer.sessionID {
            return try await signIns.close(session, of: viewer.accountID)
        }
        let cookie = request.cookie(SessionCookies.refresh)
        guard let token = sentRefresh ?? cookie else {
            if request.isForm, case .anonymous = context.facts.identity { return }
            _ = try context.facts.identity.viewer()
            throw Problem.unauthorized
        }
        if sentRefresh == nil, !origin.isOwn(request) { throw Problem.crossSite }
        if case .renewed(_, let principal) = try await signIns.renew(token), let session = principal.sessionID {
            try await signIns.close(session, of: principal.accountID)
        }
    }

    private func tokens(_ pair: TokenPair, _ more: (inout JSONWriter) -> Void) -> Response {
        .json { json in
            json.object { json in
                json.member("access", pair.access)
                json.member("refresh", pair.refresh)
                json.member("token_type", "Bearer")
                json.member("expires_in", signIns.signer.lifetime.components.seconds)
                more(&json)
            }
        }
    }
}

/// `{username, password}` or `{email, password}`, and `next` in a form.
private struct LoginRequest {
    let username: String?
    let email: String?
    let password: String
    let next: String?

    var identifier: String { username ?? email ?? "" }

    init(_ fields: inout Fields) throws(Problem) {
        email = fields.optionalText("email")?.normalized
        username = (email == nil ? fields.text("username") : fields.optionalText("username"))?.normalized
        let password = fields.text("password")
        next = fields.optionalText("next")
        try fields.check()
        self.password = (password ?? "").normalized
    }
}

extension Request {
    /// What the list of sessions calls the device.
    var device: String { (headers[.userAgent] ?? "unknown").beginning(200) }
}

import Accounts
import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// New accounts, and the proof of their addresses.
struct SignupController: Sendable {
    let store: Store
    let mails: AccountMails
    let passwordIterations: Int
    let limits: Limits
    let pages: any PageRendering

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.post("api/auth/signup", use: signUp)
        routes.get("api/auth/verify-email/:token", use: verify)
        routes.post("api/auth/resend-verification", use: resend)
    }

    @Sendable
    private func signUp(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fields(.jsonOrForm, context: context)
        do {
            if request.isForm, context.facts.isForeign { throw Problem.crossSite }
            try await limits.signup.admit(context.clientAddress)
            let account = try await create(SignupRequest(&fields))
            if request.isForm { return .redirectAfterSignup(next: request.query("next") ?? fields.shown("next")) }
            return .json(.created) { json in
                json.object { json in
                    json.object("user") { UserSummary(account).write(to: &$0) }
                    json.member("message", "Account created. We have sent a link to verify your email address.")
                }
            }
        } catch let problem as Problem where request.isForm {
            let form = SignupForm(
                username: fields.shown("username") ?? "", email: fields.shown("email") ?? "",
                next: request.query("next") ?? fields.shown("next"), problem: problem)
            return pages.signup(form, context: context)
        }
    }

    private func create(_ signup: SignupRequest) async throws -> Account {
        let hash = try await PasswordHash.make(signup.password, iterations: passwordIterations)
        let new = NewAccount(username: signup.username, email: signup.email, passwordHash: hash.description)
        let mail = try mails.verification(account: new.id, email: new.email)
        switch try await store.accounts.create(new, mail: mail) {
        case .done(let account):
            try await mails.deliver(mail)
            return account
        case .taken(let names): throw Problem.accountExists(names)
        case .missing: throw Problem.internalError
        }
    }

    @Sendable
    private func verify(_ request: Request, context: AppContext) async throws -> Response {
        guard let token = context.parameters.get("token") else { throw Problem.notFound }
        let outcome: VerificationOutcome =
            switch try await store.emailTokens.verify(hash: SignIns.hash(token)) {
            case .verified: .verified
            case .alreadyVerified: .alreadyVerified
            case .expired: .expired
            case .unknown: .unknown
            }
        if request.isPageView { return pages.verification(outcome, context: context) }
        switch outcome {
        case .verified: return .message("Your email address is verified.")
        case .alreadyVerified: return .message("Your email address is already verified.")
        case .expired: throw Problem.gone("token_expired", "The link has expired; ask for a new one.")
        case .unknown: throw Problem(.notFound, "token_invalid", "The link is not valid.")
        }
    }

    @Sendable
    private func resend(_ request: Request, context: AppContext) async throws -> Response {
        var fields = try await request.fieldsIfAny(.jsonOrForm, context: context)
        let email = fields.optionalText("email")
        try fields.check()
        try await limits.mail.admit(context.clientAddress)
        let account: Account?
        if let email {
            account = try await store.accounts.find(email: email)
        } else {
            account = try await store.accounts.find(context.facts.identity.viewer().accountID)
        }
        if let account, account.isActive, !account.isVerified {
            try await mails.order(.verification, account: account.id, email: account.email)
        }
        return .message("If the account needs it, a new link is on its way.", status: .accepted)
    }
}

/// `{username, email, password}`
private struct SignupRequest {
    let username: String
    let email: String
    let password: String

    init(_ fields: inout Fields) throws(Problem) {
        let username = fields.text("username")?.normalized
        let email = fields.text("email")
        let password = fields.text("password")?.normalized
        let problems: [(String, [String])] = [
            ("username", username.map { AccountRules.problems(username: $0, email: email ?? "") } ?? []),
            ("email", email.map { AccountRules.problems(email: $0) } ?? []),
            (
                "password",
                password.map { AccountRules.problems(password: $0, username: username ?? "", email: email ?? "") } ?? []
            ),
        ]
        for (field, messages) in problems {
            for message in messages { fields.refuse(field, message) }
        }
        try fields.check()
        self.username = username ?? ""
        self.email = email ?? ""
        self.password = password ?? ""
    }
}

extension Problem {
    static func accountExists(_ names: TakenNames) -> Problem {
        var problem = Problem(.conflict, "account_exists", title: "Account exists", "Another account has this name.")
        if names.contains(.email) { problem.errors["email"] = ["An account with this email address exists."] }
        if names.contains(.username) { problem.errors["username"] = ["This username is taken."] }
        return problem
    }
}

extension Response {
    fileprivate static func redirectAfterSignup(next: String?) -> Response {
        let query = LocalPath.checked(next).map { "?next=" + PercentCoding.encode($0) } ?? ""
        return .redirect(to: "/api/auth/login\(query)", type: .normal)
    }

    static func message(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        .json(status) { json in json.object { $0.member("message", text) } }
    }
}

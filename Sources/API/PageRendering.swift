import Hummingbird

/// What the API asks of the pages on the paths that both serve.
protocol PageRendering: Sendable {
    /// The login form, again with what was typed when `problem` says why it was refused.
    func login(_ form: LoginForm, context: AppContext) -> Response
    /// The signup form, again with what was typed when `problem` says why it was refused.
    func signup(_ form: SignupForm, context: AppContext) -> Response
    /// The profile of the signed-in account.
    func profile(_ profile: Profile, context: AppContext) -> Response
    /// What became of a click on the link in a verification mail.
    func verification(_ outcome: VerificationOutcome, context: AppContext) -> Response
    /// Any other error of a page request, under the problem's status.
    func failure(_ problem: Problem, context: AppContext) -> Response
}

struct LoginForm: Sendable {
    var identifier = ""
    /// Where to go after the login: a local path.
    var next: String?
    var problem: Problem?
}

struct SignupForm: Sendable {
    var username = ""
    var email = ""
    var next: String?
    var problem: Problem?
}

enum VerificationOutcome: Sendable {
    case verified, alreadyVerified, expired, unknown
}

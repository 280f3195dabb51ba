import HTTPTypes
import Hummingbird

extension Pages: PageRendering {
    func login(_ form: LoginForm, context: AppContext) -> Response {
        var values = FormErrors.values(of: form.problem, fields: ["username", "password"])
        values["username"] = EscapableText.of(form.identifier)
        addNext(form.next, to: &values)
        return page(
            "login", status: form.problem?.status ?? .ok, title: "Sign in · Tern", script: "site.js", values: values,
            context: context
        ).with(form.problem?.headers)
    }

    func signup(_ form: SignupForm, context: AppContext) -> Response {
        var values = FormErrors.values(of: form.problem, fields: ["username", "email", "password"])
        values["username"] = EscapableText.of(form.username)
        values["email"] = EscapableText.of(form.email)
        addNext(form.next, to: &values)
        return page(
            "signup", status: form.problem?.status ?? .ok, title: "Create an account · Tern", script: "site.js",
            values: values, context: context
        ).with(form.problem?.headers)
    }

    /// Where the form leads afterwards, for its hidden field and for the link to the other form.
    private func addNext(_ path: String?, to values: inout [String: Any]) {
        guard let path = LocalPath.checked(path) else { return }
        values["next"] = EscapableText.of(path)
        values["next_query"] = PercentCoding.encode(path)
    }

    func profile(_ profile: Profile, context: AppContext) -> Response {
        page(
            "profile", title: "Your account · Tern", script: "site.js",
            values: [
                "account": [
                    "username": profile.username,
                    "initial": profile.username.prefix(1).uppercased(),
                    "email": EscapableText.of(profile.email),
                    "is_verified": profile.isVerified,
                    "is_admin": profile.isAdmin,
                    "date_joined": profile.dateJoined,
                    "last_login": profile.lastLogin as Any,
                    "conversation_count": profile.conversationCount,
                    "message_count": profile.messageCount,
                ]
            ], context: context)
    }

    func verification(_ outcome: VerificationOutcome, context: AppContext) -> Response {
        let (status, title, detail, isGood): (HTTPResponse.Status, String, String, Bool) =
            switch outcome {
            case .verified: (.ok, "Your email address is verified", "Thank you. There is nothing else to do.", true)
            case .alreadyVerified: (.ok, "Already verified", "This email address was verified before.", true)
            case .expired:
                (
                    .gone, "This link has expired",
                    "A link works for 24 hours. Ask for a new one on your account page.", false
                )
            case .unknown:
                (
                    .notFound, "This link is not valid",
                    "It may be cut off: open it again from the mail, or ask for a new one on your account page.", false
                )
            }
        return page(
            "notice", status: status, title: "\(title) · Tern", script: "site.js",
            values: ["heading": title, "detail": detail, "is_good": isGood, "shows_account": true], context: context)
    }

    func failure(_ problem: Problem, context: AppContext) -> Response {
        let words = FailureWords(problem)
        return page(
            "notice", status: problem.status, title: "\(words.heading) · Tern", script: "site.js",
            values: [
                "heading": words.heading, "detail": EscapableText.of(words.detail), "code": problem.status.code,
                "shows_request": problem.status.code >= 500,
            ], context: context
        ).with(problem.headers)
    }
}

extension Response {
    /// This page with what the status of a problem asks for, such as `Retry-After`.
    fileprivate func with(_ headers: HTTPFields?) -> Response {
        var response = self
        for field in headers ?? [:] where field.name != .contentType { response.headers[field.name] = field.value }
        return response
    }
}

/// What a person reads about an error of a whole page.
private struct FailureWords {
    let heading: String
    let detail: String

    init(_ problem: Problem) {
        switch problem.status.code {
        case 404: (heading, detail) = ("Nothing here", "The page does not exist, or it was moved or deleted.")
        case 403: (heading, detail) = ("Not for this account", problem.detail)
        case 405: (heading, detail) = ("Not this way", problem.detail)
        case 410: (heading, detail) = ("No longer here", problem.detail)
        case 429: (heading, detail) = ("Too many requests", problem.detail)
        case 503: (heading, detail) = ("Back in a moment", problem.detail)
        case 500...: (heading, detail) = ("Something broke on our side", "It is in the log under the number below.")
        default: (heading, detail) = (problem.title, problem.detail)
        }
    }
}

import HTTPTypes
import Hummingbird

/// The addresses that are pages and nothing else.
struct PageController: Sendable {
    let pages: Pages

    func addRoutes(to routes: some RouterMethods<AppContext>) {
        routes.get("/") { _, context in pages.home(context: context) }
        routes.get("chat-page") { request, context in
            context.viewer == nil ? Response.redirectToLogin(from: request) : pages.chat(context: context)
        }
        routes.get("api/auth/login") { request, context in
            guard context.viewer == nil else { return Response.redirectOnward(from: request) }
            return pages.login(LoginForm(next: request.query("next")), context: context)
        }
        routes.get("api/auth/signup") { request, context in
            guard context.viewer == nil else { return Response.redirectOnward(from: request) }
            return pages.signup(SignupForm(next: request.query("next")), context: context)
        }
        routes.get("password-reset") { request, context in
            pages.passwordReset(token: request.query("token"), context: context)
        }
        pages.assets.addRoutes(to: routes)
    }
}

extension Response {
    /// Who is signed in has no business with a login form.
    fileprivate static func redirectOnward(from request: Request) -> Response {
        .redirect(to: LocalPath.checked(request.query("next")) ?? "/chat-page", type: .found)
    }
}

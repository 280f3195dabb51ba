import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// The HTML pages. Templates are compiled once, at start.
struct Pages: Sendable {
    let assets: Assets
    private let library: MustacheLibrary

    /// - Throws: when a template does not compile.
    init(assets: Assets = Assets()) throws {
        self.assets = assets
        var library = MustacheLibrary()
        for (name, text) in assets.templates { try library.register(text, named: name) }
        self.library = library
    }

    /// What Tern is, and the way in.
    func home(context: AppContext) -> Response {
        page("home", title: "Tern", script: "site.js", context: context)
    }

    /// The chat, which its script fills by the API.
    func chat(context: AppContext) -> Response {
        page(
            "chat", title: "Chat · Tern", script: "chat.js",
            values: ["preloads": assets.modules(of: "chat.js").map(assets.path)],
            context: context)
    }

    /// The form that asks for a mail with a link; with the token of that link the form for a new password.
    func passwordReset(token: String?, context: AppContext) -> Response {
        page(
            "password-reset", title: "Reset your password · Tern", script: "site.js",
            values: token.map { ["token": EscapableText.of($0)] } ?? [:], context: context)
    }

    /// A whole page: `template` inside the layout, with what every page needs.
    func page(
        _ template: String, status: HTTPResponse.Status = .ok, title: String, script: String,
        values: [String: Any] = [:], context: AppContext
    ) -> Response {
        var values = values
        values["page_title"] = title
        values["static"] = assets.path("")
        values["script"] = assets.path(script)
        values["request_id"] = context.requestID
        if let viewer = context.viewer {
            values["viewer"] = [
                "username": viewer.username,
                "email": EscapableText.of(viewer.email),
                "initial": viewer.username.prefix(1).uppercased(),
                "is_admin": viewer.isAdmin,
                "is_verified": viewer.isVerified,
            ]
        }
        let headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "private, no-cache"]
        guard let html = library.render(values, withTemplate: template) else {
            return Response(status: .internalServerError)
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }
}

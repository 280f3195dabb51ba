import Hummingbird
import Identifiers
import Store

/// What a person thinks of an answer.
struct FeedbackController: Sendable {
    let store: Store

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.post("api/messages/:id/feedback", use: rate)
    }

    @Sendable
    private func rate(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: MessageID.self)
        var fields = try await request.fields(context: context)
        let rating = fields.integer("rating", in: -1...1)
        let comment = fields.has("comment") ? fields.optionalText("comment")?.normalized : nil
        if let comment, comment.unicodeScalars.count > 2000 {
            fields.refuse("comment", "Must have at most 2000 characters.")
        }
        try fields.check()
        let isRated = try await store.chat.rate(
            id, of: context.viewer.accountID, rating: rating ?? 0, comment: rating == 0 ? nil : comment)
        guard isRated else { throw Problem.notFound }
        return Response(status: .noContent)
    }
}

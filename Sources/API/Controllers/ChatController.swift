import FoundationEssentials
import Hummingbird
import Identifiers
import Store

/// Questions: it only writes, enqueues and answers.
struct ChatController: Sendable {
    let store: Store
    let desk: AnswerDesk

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.post("api/chat", use: ask)
        routes.post("api/jobs/:id/retry", use: retry)
        routes.post("api/messages/:id/regenerate", use: regenerate)
        routes.put("api/messages/:id", use: edit)
    }

    @Sendable
    private func ask(_ request: Request, context: SignedInContext) async throws -> Response {
        var fields = try await request.fields(context: context)
        let ask = try AskRequest(&fields)
        return try await submit(
            ask.text, at: ask.place, route: "POST /api/chat", bodyHash: ask.hash, request, context.viewer)
    }

    @Sendable
    private func edit(_ request: Request, context: SignedInContext) async throws -> Response {
        let message = try context.id("id", as: MessageID.self)
        var fields = try await request.fields(context: context)
        let text = fields.text("message", length: AskRequest.length)
        try fields.check()
        return try await submit(
            text ?? "", at: .inPlaceOf(message), route: "PUT /api/messages/\(message)",
            bodyHash: SignIns.hash(text ?? ""), request, context.viewer)
    }

    @Sendable
    private func retry(_ request: Request, context: SignedInContext) async throws -> Response {
        let job = try context.id("id", as: JobID.self)
        return try await answerAgain(.retry(job), route: "POST /api/jobs/\(job)/retry", request, context.viewer)
    }

    @Sendable
    private func regenerate(_ request: Request, context: SignedInContext) async throws -> Response {
        let message = try context.id("id", as: MessageID.self)
        return try await answerAgain(
            .regenerate(message), route: "POST /api/messages/\(message)/regenerate", request, context.viewer)
    }

    private func submit(
        _ text: String, at place: NewQuestion.Place, route: String, bodyHash: String, _ request: Request,
        _ viewer: Viewer
    ) async throws -> Response {
        let key = try request.idempotencyKey(route: route, bodyHash: bodyHash)
        if let repeated = try await repeated(key, request, viewer) { return repeated }
        try await desk.admit(viewer)
        let now = Date()
        let response = MessageID.make()
        let question = NewQuestion(
            account: viewer.accountID, place: place, text: text, job: try desk.newJob(response: response, at: now),
            idempotency: key,
            maximumUnfinished: desk.rules.maximumUnfinished, responseID: response)
        let submission = try await store.chat.submit(question, at: now)
        return try await desk.answer(submission, to: request, viewer: viewer)
    }

    /// What was promised before is told whatever keeps new questions out now.
    private func repeated(
        _ key: IdempotencyKey?, _ request: Request, _ viewer: Viewer
    ) async throws -> Response? {
        guard let key, let earlier = try await store.chat.submission(of: key, by: viewer.accountID) else { return nil }
        return try await desk.answer(earlier, to: request, viewer: viewer)
    }

    private func answerAgain(
        _ subject: NewAnswer.Subject, route: String, _ request: Request, _ viewer: Viewer
    ) async throws -> Response {
        let key = try request.idempotencyKey(route: route, bodyHash: "")
        if let repeated = try await repeated(key, request, viewer) { return repeated }
        try await desk.admit(viewer)
        let now = Date()
        let response = MessageID.make()
        let answer = NewAnswer(
            account: viewer.accountID, subject: subject, job: try desk.newJob(response: response, at: now),
            idempotency: key,
            maximumUnfinished: desk.rules.maximumUnfinished, responseID: response)
        let submission = try await store.chat.answerAgain(answer, at: now)
        return try await desk.answer(submission, to: request, viewer: viewer)
    }
}

/// `{message, conversation_id?, parent_id?, knowledge_base?, model?}`
private struct AskRequest {
    static let length = 1...8000

    let text: String
    let place: NewQuestion.Place
    /// Of the members that count, so that white space in the body does not.
    let hash: String

    init(_ fields: inout Fields) throws(Problem) {
        let text = fields.text("message", length: Self.length)
        let conversation = fields.optionalID("conversation_id", as: ConversationID.self)
        let parent = fields.optionalID("parent_id", as: MessageID.self)
        let knowledgeBase = fields.optionalText("knowledge_base")
        let model = fields.optionalText("model")
        if let knowledgeBase, knowledgeBase != "default" {
            fields.refuse("knowledge_base", "There is one knowledge base: default.")
        }
        if parent != nil, conversation == nil, fields.errors.isEmpty {
            fields.refuse("parent_id", "Name the conversation of this message, too.")
        }
        try fields.check()
        self.text = text ?? ""
        place =
            if let conversation, let parent {
                .after(parent, in: conversation)
            } else if let conversation {
                .conversation(conversation)
            } else {
                .newConversation(title: Self.title(from: self.text))
            }
        hash = SignIns.hash(
            [self.text, conversation?.description ?? "", parent?.description ?? "", model ?? ""]
                .joined(separator: "\0"))
    }

    /// What a conversation is called until its first answer names it.
    private static func title(from text: String) -> String {
        let words = text.beginning(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.unicodeScalars.count <= 60 ? words : words.beginning(59) + "…"
    }
}

extension Request {
    /// The caller's key, 1–255 visible ASCII characters; anything else is 400.
    func idempotencyKey(route: String, bodyHash: String) throws(Problem) -> IdempotencyKey? {
        guard let key = headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .malformed("Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        return IdempotencyKey(route: route, key: key, bodyHash: bodyHash)
    }
}

extension RequestContext {
    /// An id of the path; text that is none is an unknown id.
    func id<Owner>(_ name: String, as type: ID<Owner>.Type) throws(Problem) -> ID<Owner> {
        guard let id = parameters[name[...]].flatMap({ ID<Owner>($0) }) else { throw .notFound }
        return id
    }
}

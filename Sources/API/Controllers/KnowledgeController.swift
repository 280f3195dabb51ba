import Hummingbird
import Identifiers
import Jobs
import Store

/// The knowledge base as everybody may see and search it. The search itself runs in a worker, which holds the model.
struct KnowledgeController: Sendable {
    private static let searchLimit = Duration.seconds(10)

    let store: Store
    let inquiry: Inquiry

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/knowledge/search", use: search)
        routes.get("api/knowledge/documents", use: list)
        routes.get("api/knowledge/documents/:id", use: show)
    }

    @Sendable
    private func search(_ request: Request, context: SignedInContext) async throws -> Response {
        let search = try SearchQuery(request)
        let reply = try await inquiry.ask(
            search.job, as: SearchKnowledge.Reply.self, within: Self.searchLimit,
            account: context.viewer.accountID.description)
        guard let reply else { throw Problem.unavailable("no_worker", "No worker answered in time.") }
        return .json { json in
            json.object { json in
                json.array("passages", reply.passages) { json, passage in
                    json.object { passage.write(to: &$0) }
                }
            }
        }
    }

    @Sendable
    private func list(_ request: Request, context: SignedInContext) async throws -> Response {
        let page = try await store.documents.list(limit: request.limit, cursor: request.cursor)
        return .json { json in
            json.object { json in
                json.array("documents", page.elements) { json, document in
                    json.object { document.write(to: &$0) }
                }
                json.member("next_cursor", page.next)
            }
        }
    }

    @Sendable
    private func show(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: DocumentID.self)
        guard let document = try await store.documents.find(id) else { throw Problem.notFound }
        return .json { json in json.object { document.write(to: &$0) } }
    }
}

/// `?q=&limit=&mode=`
private struct SearchQuery {
    let job: SearchKnowledge

    init(_ request: Request) throws(Problem) {
        var errors: [String: [String]] = [:]
        let question = (request.query("q") ?? "").normalized
        if question.isBlank || question.unicodeScalars.count > 1000 || question.unicodeScalars.contains("\0") {
            errors["q"] = ["Must have 1 to 1000 characters."]
        }
        let name = request.query("mode") ?? SearchKnowledge.Mode.hybrid.rawValue
        let mode = SearchKnowledge.Mode(rawValue: name)
        if mode == nil { errors["mode"] = ["Must be hybrid, vector or keyword."] }
        guard errors.isEmpty, let mode else { throw .invalid(errors) }
        let limit = request.query("limit").flatMap { Int(clamping: $0) } ?? 8
        job = SearchKnowledge(query: question, limit: min(max(limit, 1), 50), mode: mode)
    }
}

extension SearchKnowledge.Passage {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("passage_id", passageID)
        json.member("document_id", documentID)
        json.member("title", title)
        json.member("heading", heading)
        json.member("text", text)
        json.member("score", score)
        json.object("ranks") { json in
            json.member("keyword", ranks.keyword)
            json.member("vector", ranks.vector)
        }
    }
}

extension Document {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("title", title)
        json.member("state", state.rawValue)
        json.member("chunks", chunkCount)
        json.member("bytes", bytes)
        json.member("error", error)
        json.member("progress", progress)
        json.member("created_at", createdAt)
    }
}

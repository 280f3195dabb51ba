import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// The conversations of an account.
struct ConversationController: Sendable {
    let store: Store
    let removal: ConversationRemoval

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/conversations", use: list)
        routes.get("api/conversations/:id", use: show)
        routes.put("api/conversations/:id/rename", use: rename)
        routes.patch("api/conversations/:id", use: change)
        routes.delete("api/conversations/:id", use: delete)
        routes.delete("api/conversations/:id/delete", use: delete)
        routes.post("api/conversations/:id/restore", use: restore)
    }

    @Sendable
    private func list(_ request: Request, context: SignedInContext) async throws -> Response {
        let page = try await store.conversations.list(
            of: context.viewer.accountID, matching: try request.searchText, limit: request.limit, cursor: request.cursor
        )
        return .json { json in
            json.object { json in
                json.array("conversations", page.elements) { json, conversation in
                    json.object { conversation.write(to: &$0) }
                }
                json.member("next_cursor", page.next)
            }
        }
    }

    @Sendable
    private func show(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        let page = try await store.conversations.page(
            of: id, account: context.viewer.accountID, limit: request.limit, cursor: request.cursor)
        guard let page else { throw Problem.notFound }
        return .json { json in
            json.object { json in
                page.conversation.write(to: &json)
                json.array("messages", page.messages.elements) { json, message in
                    json.object { message.write(to: &$0) }
                }
                json.member("next_cursor", page.messages.next)
            }
        }
    }

    @Sendable
    private func rename(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        var fields = try await request.fields(context: context)
        let title = fields.text("title", length: 1...200)
        try fields.check()
        return try answer(await store.conversations.rename(id, of: context.viewer.accountID, to: title ?? ""))
    }

    @Sendable
    private func change(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        let account = context.viewer.accountID
        var fields = try await request.fields(context: context)
        let (isPinned, isArchived) = (fields.optionalFlag("pinned"), fields.optionalFlag("archived"))
        let leaf = fields.optionalID("active_leaf_id", as: MessageID.self)
        let title = fields.has("title") ? fields.text("title", length: 1...200) : nil
        try fields.check()
        guard try await store.conversations.find(id, of: account) != nil else { throw Problem.notFound }
        let changed = try await store.conversations.set(
            id, of: account, title: title, isPinned: isPinned, isArchived: isArchived, activeLeaf: leaf)
        if changed == nil, leaf != nil {
            throw Problem.invalid("active_leaf_id", "This is no message of the conversation.")
        }
        return try answer(changed)
    }

    @Sendable
    private func delete(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        guard try await removal.remove(id, of: context.viewer.accountID) else { throw Problem.notFound }
        return Response(status: .noContent)
    }

    @Sendable
    private func restore(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        return try answer(await store.conversations.restore(id, of: context.viewer.accountID))
    }

    private func answer(_ conversation: Conversation?) throws(Problem) -> Response {
        guard let conversation else { throw .notFound }
        return .json { json in json.object { conversation.write(to: &$0) } }
    }
}

extension Conversation {
    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("title", title)
        json.member("created_at", createdAt)
        json.member("updated_at", updatedAt)
        json.member("message_count", messageCount)
        json.member("last_message_preview", lastMessagePreview)
        json.member("pinned", isPinned)
        json.member("archived", isArchived)
        json.member("active_leaf_id", activeLeafID)
    }
}

extension Message {
    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("parent_id", parentID)
        json.member("role", role.rawValue)
        json.member("content", content)
        json.member("content_html", role == .assistant ? MarkdownRenderer.html(content) : nil)
        json.member("created_at", createdAt)
        json.member("status", status.rawValue)
        json.member("outcome", outcome)
        json.member("sources", raw: (sources ?? "[]").utf8)
        json.member("usage", raw: usage?.utf8)
        json.member("error", raw: error?.utf8)
        if rating == 0 {
            json.member("feedback", nil as String?)
        } else {
            json.object("feedback") { json in
                json.member("rating", rating)
                json.member("comment", ratingComment)
            }
        }
        json.member("job_id", jobID)
    }
}

import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import NIOCore
import Store

/// A conversation as a file.
struct ExportController: Sendable {
    private static let pageSize = 100

    let store: Store

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/conversations/:id/export", use: export)
    }

    @Sendable
    private func export(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: ConversationID.self)
        let format = request.query("format") ?? "json"
        guard format == "json" || format == "md" else { throw Problem.invalid("format", "Must be json or md.") }
        let (conversation, messages) = try await read(id, of: context.viewer.accountID)
        let name = HTTPField(name: .contentDisposition, value: "attachment; filename=\"conversation-\(id).\(format)\"")
        var response =
            format == "json"
            ? Response.json { json in
                json.object { json in
                    conversation.write(to: &json)
                    json.array("messages", messages) { json, message in json.object { message.write(to: &$0) } }
                }
            } : Self.markdown(conversation, messages)
        response.headers.append(name)
        return response
    }

    private func read(_ id: ConversationID, of account: AccountID) async throws -> (Conversation, [Message]) {
        var messages: [Message] = []
        var cursor: String?
        while true {
            let page = try await store.conversations.page(
                of: id, account: account, limit: Self.pageSize, cursor: cursor)
            guard let page else { throw Problem.notFound }
            messages.insert(contentsOf: page.messages.elements, at: 0)
            guard let next = page.messages.next else { return (page.conversation, messages) }
            cursor = next
        }
    }

    private static func markdown(_ conversation: Conversation, _ messages: [Message]) -> Response {
        var text = "# \(conversation.title)\n"
        for message in messages {
            let name = message.role == .user ? "You" : "Tern"
            text += "\n## \(name), \(WireTime.text(message.createdAt))\n\n\(message.content)\n"
        }
        return Response(
            status: .ok, headers: [.contentType: "text/markdown; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

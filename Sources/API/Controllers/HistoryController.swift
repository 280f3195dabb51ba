import HTTPTypes
import Hummingbird
import Store

/// The seed's flat history, kept for its clients.
struct HistoryController: Sendable {
    let store: Store

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/chat-history", use: history)
    }

    @Sendable
    private func history(_ request: Request, context: SignedInContext) async throws -> Response {
        let page = try await store.chat.history(
            of: context.viewer.accountID, limit: request.limit, cursor: request.cursor)
        // RFC 9745: deprecated since the first release, in favour of /api/conversations.
        let headers: HTTPFields = [
            .deprecation: "@1764028800", .link: "</api/conversations>; rel=\"successor-version\"",
        ]
        return .json(headers: headers) { json in
            json.object { json in
                json.array("history", page.elements) { json, entry in
                    json.object { json in
                        json.member("id", entry.id)
                        json.member("conversation_id", entry.conversationID)
                        json.member("message", entry.message)
                        json.member("response", entry.response)
                        json.member("created_at", entry.createdAt)
                    }
                }
                json.member("next_cursor", page.next)
            }
        }
    }
}

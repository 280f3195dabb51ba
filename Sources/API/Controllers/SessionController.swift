import Hummingbird
import Identifiers
import Store

/// Where an account is signed in.
struct SessionController: Sendable {
    let store: Store

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/auth/sessions", use: list)
        routes.delete("api/auth/sessions/:id", use: revoke)
    }

    @Sendable
    private func list(_ request: Request, context: SignedInContext) async throws -> Response {
        let sessions = try await store.sessions.list(of: context.viewer.accountID)
        return .json { json in
            json.object { json in
                json.array("sessions", sessions) { json, session in
                    json.object { json in
                        json.member("id", session.id)
                        json.member("device", session.device)
                        json.member("ip", session.ip)
                        json.member("created_at", session.createdAt)
                        json.member("last_seen", session.lastSeenAt)
                        json.member("expires_at", session.expiresAt)
                        json.member("current", session.id == context.viewer.sessionID)
                    }
                }
            }
        }
    }

    @Sendable
    private func revoke(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: SessionID.self)
        guard try await store.sessions.revoke(id, of: context.viewer.accountID) else { throw Problem.notFound }
        return Response(status: .noContent)
    }
}

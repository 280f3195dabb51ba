import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import Store

/// Personal access tokens: shown once, kept as hashes.
struct PersonalTokenController: Sendable {
    private static let scopes: Set<String> = ["chat", "admin"]
    private static let maximumPerAccount = 100

    let store: Store

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/auth/tokens", use: list)
        routes.post("api/auth/tokens", use: create)
        routes.delete("api/auth/tokens/:id", use: delete)
    }

    @Sendable
    private func list(_ request: Request, context: SignedInContext) async throws -> Response {
        let tokens = try await store.accessTokens.list(of: context.viewer.accountID)
        return .json { json in
            json.object { json in
                json.array("tokens", tokens) { json, token in
                    json.object { json in
                        token.write(to: &json)
                        json.member("last_used_at", token.lastUsedAt)
                    }
                }
            }
        }
    }

    @Sendable
    private func create(_ request: Request, context: SignedInContext) async throws -> Response {
        // A token must not beget tokens that outlive it or do more.
        guard context.viewer.sessionID != nil else { throw Problem.insufficientScope }
        var fields = try await request.fields(context: context)
        let name = fields.text("name", length: 1...100)
        let scopes = fields.texts("scopes", among: Self.scopes)
        let expiresAt = fields.optionalTime("expires_at")
        if let expiresAt, expiresAt <= Date() { fields.refuse("expires_at", "Must lie in the future.") }
        try fields.check()
        let account = context.viewer.accountID
        guard try await store.accessTokens.list(of: account).count < Self.maximumPerAccount else {
            throw Problem.conflict("too_many_tokens", "Delete a token before you make another.")
        }
        let secret =
            SignIns.personalTokenPrefix + Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        let token = try await store.accessTokens.create(
            account: account, name: name ?? "", hash: SignIns.hash(secret), scopes: scopes ?? [],
            expiresAt: expiresAt)
        try await store.audit.append(
            action: "token_create", account: account, target: token.id.description, ip: context.clientAddress,
            requestID: context.requestID)
        return .json(.created) { json in
            json.object { json in
                token.write(to: &json)
                json.member("token", secret)
            }
        }
    }

    @Sendable
    private func delete(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: AccessTokenID.self)
        guard try await store.accessTokens.delete(id, of: context.viewer.accountID) else { throw Problem.notFound }
        return Response(status: .noContent)
    }
}

extension AccessToken {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("name", name)
        json.array("scopes", scopes) { $0.value($1) }
        json.member("created_at", createdAt)
        json.member("expires_at", expiresAt)
    }
}

import Crypto
import FoundationEssentials
import Identifiers
import Logging
import Store

/// Opens, checks, renews and closes sessions; the Store holds hashes of the refresh tokens only.
struct SignIns: Sendable {
    enum Renewal: Sendable {
        case renewed(TokenPair, Principal)
        /// The token had been used long before: somebody else holds it, so its session is closed.
        case reused
        case refused
    }

    enum Carrier: Sendable { case header, cookie }

    static let personalTokenPrefix = "tern_pat_"
    /// A session's last use is written down at most this often.
    private static let touchInterval: TimeInterval = 60

    let store: Store
    let signer: TokenSigner
    let refreshTokens: RefreshTokens
    let refreshLifetime: Duration
    let logger: Logger

    /// The account behind a credential, read live: a closed session is over at once.
    func viewer(_ token: String, carriedBy carrier: Carrier, from address: String) async throws -> Viewer? {
        let now = Date()
        if carrier == .header, token.hasPrefix(Self.personalTokenPrefix) {
            return try await personalTokenViewer(token, at: now)
        }
        guard let claims = await signer.verify(token, at: now),
            let principal = try await store.sessions.principal(of: claims.sessionID, at: now),
            principal.accountID == claims.accountID
        else { return nil }
        if isStale(principal.lastSeenAt, at: now) {
            try await store.sessions.touch(claims.sessionID, ip: address, at: now)
        }
        return Viewer(
            principal,
            credential: carrier == .cookie ? .cookie(claims.sessionID) : .accessToken(claims.sessionID))
    }

    /// Opens a session for an account whose password was right.
    func open(account: AccountID, device: String, address: String) async throws -> TokenPair {
        let now = Date()
        let refresh = refreshTokens.first()
        let session = try await store.sessions.create(
            account: account, refreshHash: Self.hash(refresh), device: device, ip: address,
            expiresAt: now + refreshLifetime, at: now)
        return TokenPair(
            access: try await signer.issue(account: account, session: session, at: now), refresh: refresh)
    }

    /// Uses a refresh token up and hands out its successor.
    func renew(_ token: String) async throws -> Renewal {
        let now = Date()
        let successor = refreshTokens.successor(of: token)
        let rotation = try await store.sessions.rotate(
            refreshHash: Self.hash(token), successorHash: Self.hash(successor), expiresAt: now + refreshLifetime,
            at: now)
        switch rotation {
        case .rotated(let principal), .repeated(let principal):
            guard let session = principal.sessionID else { return .refused }
            let access = try await signer.issue(account: principal.accountID, session: session, at: now)
            return .renewed(TokenPair(access: access, refresh: successor), principal)
        case .reused(let session, let account):
            logger.warning(
                "refresh token used again",
                metadata: ["session.id": .stringConvertible(session), "account.id": .stringConvertible(account)])
            return .reused
        case .refused: return .refused
        }
    }

    func close(_ session: SessionID, of account: AccountID) async throws {
        try await store.sessions.revoke(session, of: account)
    }

    /// What the Store keeps of a secret.
    static func hash(_ secret: String) -> String { SHA256.hash(data: Array(secret.utf8)).hexadecimal }

    private func personalTokenViewer(_ token: String, at now: Date) async throws -> Viewer? {
        guard let principal = try await store.accessTokens.principal(hash: Self.hash(token), at: now),
            let id = principal.accessTokenID
        else { return nil }
        if isStale(principal.lastSeenAt, at: now) { try await store.accessTokens.touch(id, at: now) }
        return Viewer(principal, credential: .personalToken(id, scopes: Set(principal.scopes ?? [])))
    }

    private func isStale(_ lastSeen: Date?, at now: Date) -> Bool {
        guard let lastSeen else { return true }
        return now.timeIntervalSince(lastSeen) > Self.touchInterval
    }
}

extension Date {
    static func + (date: Date, span: Duration) -> Date {
        let (seconds, attoseconds) = span.components
        return date.addingTimeInterval(Double(seconds) + Double(attoseconds) / 1e18)
    }
}

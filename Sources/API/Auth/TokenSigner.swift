import Crypto
package import FoundationEssentials
import Identifiers
import JWTKit
package import Store
import Synchronization

/// Signs and checks access tokens: JWT, HS256 and nothing else, keys told apart by `kid`.
///
/// A token's signature is checked once and remembered until its `exp`; whether its session lives is never remembered here.
package final class TokenSigner: Sendable {
    package struct Claims: Sendable, Equatable {
        package let accountID: AccountID
        package let sessionID: SessionID
        package let expiresAt: Date
    }

    enum SetupError: Error {
        case keyTooShort
    }

    private static let party = "tern"
    private static let maximumRemembered = 10_000

    private let keys = JWTKeyCollection()
    private let signingKey: JWKIdentifier
    private let knownKeys: Set<String>
    private let remembered = Mutex<[String: Claims]>([:])
    let lifetime: Duration

    /// `previousKey` still verifies what it signed before the last rotation.
    package init(key: String, previousKey: String?, lifetime: Duration) async throws {
        let secrets = [key] + (previousKey.map { [$0] } ?? [])
        guard secrets.allSatisfy({ $0.utf8.count >= 32 }) else { throw SetupError.keyTooShort }
        for secret in secrets.reversed() {
            await keys.add(
                hmac: HMACKey(from: Array(secret.utf8)), digestAlgorithm: .sha256,
                kid: JWKIdentifier(string: Self.identifier(of: secret)))
        }
        signingKey = JWKIdentifier(string: Self.identifier(of: key))
        knownKeys = Set(secrets.map(Self.identifier))
        self.lifetime = lifetime
    }

    package func issue(account: AccountID, session: SessionID, at now: Date) async throws -> String {
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let payload = Payload(
            iss: IssuerClaim(value: Self.party), aud: AudienceClaim(value: Self.party),
            sub: SubjectClaim(value: account.description), sid: session.description,
            iat: IssuedAtClaim(value: now),
            exp: ExpirationClaim(value: now.addingTimeInterval(Double(lifetime.components.seconds))))
        return try await keys.sign(payload, kid: signingKey)
    }

    /// The claims of a token that one of our keys signed and that has not expired; nil for any other.
    package func verify(_ token: String, at now: Date) async -> Claims? {
        if let claims = remembered.withLock({ $0[token] }) { return claims.expiresAt > now ? claims : nil }
        guard token.utf8.count <= 2048, headerIsOurs(token),
            let payload = try? await keys.verify(token, as: Payload.self),
            payload.iss.value == Self.party, payload.aud.value == [Self.party],
            let accountID = AccountID(payload.sub.value), let sessionID = SessionID(payload.sid),
            payload.exp.value > now
        else { return nil }
        let claims = Claims(accountID: accountID, sessionID: sessionID, expiresAt: payload.exp.value)
        remembered.withLock { remembered in
            if remembered.count >= Self.maximumRemembered { remembered.removeAll(keepingCapacity: true) }
            remembered[token] = claims
        }
        return claims
    }

    /// The library takes any `alg` and falls back to its default key for an unknown `kid`; here both are pinned.
    private func headerIsOurs(_ token: String) -> Bool {
        guard let encoded = token.split(separator: ".", omittingEmptySubsequences: false).first,
            let bytes = Base64URL.decode(encoded),
            case .object(let header)? = bytes.withUnsafeBufferPointer({ try? JSONParser.parse($0) }),
            header["alg"] == .string("HS256"), header["crit"] == nil, case .string(let key)? = header["kid"]
        else { return false }
        return knownKeys.contains(key)
    }

    /// A public name of a secret: the first 8 bytes of a hash of it.
    private static func identifier(of secret: String) -> String {
        SHA256.hash(data: Array("tern key id:\(secret)".utf8)).prefix(8).hexadecimal
    }

    private struct Payload: JWTPayload {
        let iss: IssuerClaim
        let aud: AudienceClaim
        let sub: SubjectClaim
        let sid: String
        let iat: IssuedAtClaim
        let exp: ExpirationClaim

        /// Nothing: `TokenSigner.verify` checks every claim against the time it is given.
        func verify(using algorithm: some JWTAlgorithm) {}
    }
}

import Crypto
import FoundationEssentials

/// Makes refresh tokens: 256 random bits at sign-in, then each the keyed hash of the one before.
///
/// The chain lets two tabs that refresh at once get the same successor, though the Store holds nothing but hashes.
package struct RefreshTokens: Sendable {
    private let key: SymmetricKey

    package init(secret: String) {
        key = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(
                for: Array("tern refresh chain".utf8), using: SymmetricKey(data: Array(secret.utf8))))
    }

    package func first() -> String {
        Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    }

    package func successor(of token: String) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array(token.utf8), using: key))
    }
}

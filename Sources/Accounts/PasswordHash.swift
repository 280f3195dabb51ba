import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as it is stored, in Django's form: `pbkdf2_sha256$iterations$salt$hash` (PBKDF2-HMAC-SHA256, 32 bytes,
/// the hash in Base64).
public struct PasswordHash: Sendable, Equatable {
    public let iterations: Int
    public let salt: String
    private let digest: [UInt8]

    private static let algorithm = "pbkdf2_sha256"

    /// More rounds than anyone configures: a stored text must not be able to keep a thread busy for minutes.
    private static let maximumIterations = 100_000_000

    /// Reads a stored hash; nil for another algorithm or a malformed text, so for accounts without a usable password.
    public init?(_ stored: String) {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.algorithm, let iterations = Int(parts[1]),
            (1...Self.maximumIterations).contains(iterations), !parts[2].isEmpty,
            let digest = Data(base64Encoded: String(parts[3])), digest.count == 32
        else { return nil }
        self.iterations = iterations
        salt = String(parts[2])
        self.digest = Array(digest)
    }

    private init(of password: String, salt: String, iterations: Int) throws {
        let key = try KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8), salt: Array(salt.utf8), using: .sha256, outputByteCount: 32,
            unsafeUncheckedRounds: iterations)
        self.iterations = iterations
        self.salt = salt
        digest = key.withUnsafeBytes { Array($0) }
    }

    /// Hashes a new password with a fresh salt, off the caller's thread.
    public static func make(_ password: String, iterations: Int) async throws -> PasswordHash {
        let salt = freshSalt()
        return try await HashingPool.shared.run { try PasswordHash(of: password, salt: salt, iterations: iterations) }
    }

    /// Whether this is the hash of `password`: computed off the caller's thread, compared in constant time.
    public func verify(_ password: String) async throws -> Bool {
        let (salt, iterations) = (salt, iterations)
        let other = try await HashingPool.shared.run {
            try PasswordHash(of: password, salt: salt, iterations: iterations)
        }
        return zip(digest, other.digest).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether the password should be hashed anew at its next use: the setting has grown since.
    public func needsRehash(iterations setting: Int) -> Bool {
        iterations < setting
    }

    /// 22 letters and digits, as Django makes them: 131 bits.
    private static func freshSalt() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<22).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }
}

extension PasswordHash: CustomStringConvertible {
    /// The form that is stored.
    public var description: String {
        "\(Self.algorithm)$\(iterations)$\(salt)$\(Data(digest).base64EncodedString())"
    }
}

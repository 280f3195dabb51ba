import Accounts
import Testing

@Suite struct PasswordHashTests {
    /// Made by Python's `hashlib.pbkdf2_hmac`, as Django makes them.
    @Test(arguments: [
        ("testpass123", "pbkdf2_sha256$1000$seasalt$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI="),
        ("pässwörd-ü", "pbkdf2_sha256$10000$N4cl$Tuje0Q07n71f6PMrFvB/GmpBjgGuTCAGPKYmR4p+5vA="),
    ])
    func `a hash made elsewhere verifies its password only`(password: String, stored: String) async throws {
        let hash = try #require(PasswordHash(stored))
        #expect(try await hash.verify(password))
        #expect(try await hash.verify(password + " ") == false)
        #expect(hash.description == stored)
    }

    @Test func `a new hash has the iterations asked for and a salt of its own`() async throws {
        let first = try await PasswordHash.make("correct horse", iterations: 1000)
        let second = try await PasswordHash.make("correct horse", iterations: 1000)
        #expect(first.iterations == 1000)
        #expect(first.salt.count == 22)
        #expect(first.salt != second.salt)
        let stored = try #require(PasswordHash(first.description))
        #expect(try await stored.verify("correct horse"))
    }

    @Test func `a hash of fewer iterations than the setting wants another`() throws {
        let stored = "pbkdf2_sha256$1000$seasalt$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI="
        let hash = try #require(PasswordHash(stored))
        #expect(hash.needsRehash(iterations: 1001))
        #expect(!hash.needsRehash(iterations: 1000))
        #expect(!hash.needsRehash(iterations: 999))
    }

    @Test(arguments: [
        "", "!unusable", "md5$salt$hash", "pbkdf2_sha1$1000$a$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI=",
        "pbkdf2_sha256$0$a$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI=",
        "pbkdf2_sha256$1000$$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI=", "pbkdf2_sha256$1000$a$short",
        "pbkdf2_sha256$999999999999$a$Ayz7xC3X/89mRBKzids/wgkYbg5MfZElY8QNm7ghMdI=",
    ])
    func `another form is no hash`(stored: String) {
        #expect(PasswordHash(stored) == nil)
    }
}

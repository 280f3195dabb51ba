import Foundation
import Store
import Testing

extension Fixture {
    func session(of account: Account, refresh: String = "refresh 0") async throws -> SessionID {
        try await store.sessions.create(
            account: account.id, refreshHash: refresh, device: "test", ip: "127.0.0.1", expiresAt: time(1_000_000),
            at: start)
    }

    func rotate(_ token: Int, at seconds: Double, in store: Store? = nil) async throws -> Rotation {
        try await (store ?? self.store).sessions.rotate(
            refreshHash: "refresh \(token)", successorHash: "refresh \(token + 1)", expiresAt: time(1_000_000),
            at: time(seconds))
    }
}

struct SessionsTests {
    @Test func `a living session tells who it is, a revoked or expired one nothing`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account(isAdmin: true)
        let session = try await fixture.session(of: account)
        let principal = try require(try await fixture.store.sessions.principal(of: session, at: fixture.time(1)))
        #expect(principal.accountID == account.id && principal.isAdmin && !principal.isVerified)
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.time(1_000_001)) == nil)
        #expect(try await fixture.store.sessions.revoke(session, of: account.id))
        #expect(try await !fixture.store.sessions.revoke(session, of: account.id))
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.time(1)) == nil)
    }

    @Test func `another account can't revoke a session`() async throws {
        let fixture = try Fixture()
        let session = try await fixture.session(of: try await fixture.account())
        let other = try await fixture.account("other")
        #expect(try await !fixture.store.sessions.revoke(session, of: other.id))
    }

    @Test func `signing in is noted on the account`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        _ = try await fixture.session(of: account)
        #expect(try await fixture.store.accounts.find(account.id)?.lastLoginAt == fixture.start)
    }

    @Test func `a refresh token rotates once, repeats within ten seconds, and then takes its family with it`()
        async throws
    {
        let fixture = try Fixture()
        let session = try await fixture.session(of: try await fixture.account())
        guard case .rotated = try await fixture.rotate(0, at: 100) else { throw Unexpected("not rotated") }
        guard case .repeated = try await fixture.rotate(0, at: 110) else { throw Unexpected("not repeated") }
        guard case .rotated = try await fixture.rotate(1, at: 105) else { throw Unexpected("the successor is dead") }
        guard case .repeated = try await fixture.rotate(0, at: 109) else { throw Unexpected("not repeated") }
        guard case .reused(let reused, _) = try await fixture.rotate(0, at: 110.001) else {
            throw Unexpected("the re-use went unnoticed")
        }
        #expect(reused == session)
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.time(120)) == nil)
        #expect(try await fixture.rotate(2, at: 120) == .refused)
        #expect(try await fixture.rotate(77, at: 120) == .refused)
    }

    @Test func `of many uses of one token from two pools one rotates and the others repeat`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.session(of: try await fixture.account())
        let stores = [fixture.store, try fixture.anotherStore()]
        let rotations = try await withThrowingTaskGroup(of: Rotation.self) { group in
            for number in 0..<20 {
                group.addTask { try await fixture.rotate(0, at: 100 + Double(number) / 10, in: stores[number % 2]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(rotations.count { if case .rotated = $0 { true } else { false } } == 1)
        #expect(rotations.count { if case .repeated = $0 { true } else { false } } == 19)
    }

    @Test func `a use that loses the race to an earlier-stamped one is no theft`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.session(of: try await fixture.account())
        _ = try await fixture.rotate(0, at: 100)
        guard case .repeated = try await fixture.rotate(0, at: 99.9) else { throw Unexpected("taken for theft") }
    }

    @Test func `a password change keeps only the session that made it`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let kept = try await fixture.session(of: account, refresh: "a")
        let lost = try await fixture.session(of: account, refresh: "b")
        try await fixture.store.accounts.changePassword(of: account.id, to: "new", keeping: kept)
        #expect(try await fixture.store.sessions.list(of: account.id, at: fixture.start).map(\.id) == [kept])
        #expect(try await fixture.store.sessions.principal(of: lost, at: fixture.start) == nil)
        #expect(try await fixture.store.accounts.find(account.id)?.passwordHash == "new")
    }

    @Test func `access tokens live until they expire or are removed by their owner`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let tokens = fixture.store.accessTokens
        let token = try await tokens.create(
            account: account.id, name: "laptop", hash: "hash", scopes: ["chat", "admin"], expiresAt: fixture.time(60))
        let principal = try require(try await tokens.principal(hash: "hash", at: fixture.start))
        #expect(principal.scopes == ["chat", "admin"] && principal.accessTokenID == token.id)
        #expect(try await tokens.principal(hash: "hash", at: fixture.time(61)) == nil)
        #expect(try await !tokens.delete(token.id, of: other.id))
        #expect(try await tokens.list(of: account.id).count == 1)
        #expect(try await tokens.delete(token.id, of: account.id))
        #expect(try await tokens.principal(hash: "hash", at: fixture.start) == nil)
    }
}

struct EmailTokensTests {
    private func token(
        _ hash: String, for account: Account, _ purpose: EmailPurpose, in fixture: Fixture
    ) async throws {
        try await fixture.store.emailTokens.insert(
            hash: hash, account: account.id, purpose: purpose, email: account.email, expiresAt: fixture.time(3_600),
            at: fixture.start)
    }

    @Test func `a verification link works, then says that it did`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        try await token("one", for: account, .verification, in: fixture)
        try await token("two", for: account, .verification, in: fixture)
        let tokens = fixture.store.emailTokens
        #expect(try await tokens.verify(hash: "none", at: fixture.start) == .unknown)
        #expect(try await tokens.verify(hash: "one", at: fixture.time(3_601)) == .expired)
        #expect(try await tokens.verify(hash: "one", at: fixture.start) == .verified(account.id))
        #expect(try await tokens.verify(hash: "one", at: fixture.time(4_000)) == .alreadyVerified(account.id))
        #expect(try await tokens.verify(hash: "two", at: fixture.start) == .alreadyVerified(account.id))
        #expect(try await fixture.store.accounts.find(account.id)?.isVerified == true)
    }

    @Test func `a link to an address that the account has left verifies nothing`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        try await token("one", for: account, .verification, in: fixture)
        _ = try await fixture.store.accounts.rename(account.id, email: "new@example.com")
        #expect(try await fixture.store.emailTokens.verify(hash: "one", at: fixture.start) == .unknown)
    }

    @Test func `a password reset works once and ends all sessions and the other reset links`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let session = try await fixture.session(of: account)
        try await token("one", for: account, .passwordReset, in: fixture)
        try await token("two", for: account, .passwordReset, in: fixture)
        try await token("verify", for: account, .verification, in: fixture)
        let tokens = fixture.store.emailTokens
        #expect(try await tokens.accountForReset(hash: "one", at: fixture.start) == account.id)
        #expect(try await tokens.resetPassword(hash: "verify", to: "new", at: fixture.start) == nil)
        #expect(try await tokens.resetPassword(hash: "one", to: "new", at: fixture.time(3_601)) == nil)
        #expect(try await tokens.resetPassword(hash: "one", to: "new", at: fixture.start) == account.id)
        #expect(try await tokens.resetPassword(hash: "one", to: "newer", at: fixture.start) == nil)
        #expect(try await tokens.resetPassword(hash: "two", to: "newer", at: fixture.start) == nil)
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.start) == nil)
        #expect(try await fixture.store.accounts.find(account.id)?.passwordHash == "new")
        #expect(try await tokens.verify(hash: "verify", at: fixture.start) == .verified(account.id))
    }
}

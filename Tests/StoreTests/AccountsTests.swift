import Foundation
import Identifiers
import Store
import Testing

struct AccountsTests {
    @Test func `names are unique without case and both conflicts are told at once`() async throws {
        let fixture = try Fixture()
        try await fixture.account("Person")
        let new = NewAccount(username: "pERSON", email: "PERSON@example.com", passwordHash: "hash")
        guard case .taken(let names) = try await fixture.store.accounts.create(new) else {
            throw Unexpected("the account was created")
        }
        #expect(names == [.username, .email])
        let sameName = NewAccount(username: "person", email: "other@example.com", passwordHash: "hash")
        guard case .taken(.username) = try await fixture.store.accounts.create(sameName) else {
            throw Unexpected("the name was not found taken")
        }
    }

    @Test func `non-ASCII names fold as well`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.store.accounts.create(
            NewAccount(username: "ÄRGER", email: "Ä@example.com", passwordHash: "hash"))
        #expect(try await fixture.store.accounts.find(username: "ärger")?.username == "ÄRGER")
        #expect(try await fixture.store.accounts.find(email: "ä@EXAMPLE.com") != nil)
    }

    @Test func `of many signups with one name from several pools exactly one wins`() async throws {
        let fixture = try Fixture()
        let stores = [fixture.store, try fixture.anotherStore()]
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let new = NewAccount(username: "same", email: "\(number)@example.com", passwordHash: "hash")
                    if case .done = try await stores[number % 2].accounts.create(new) { return true }
                    return false
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func `a signup writes the account, its mail and the mail's job together`() async throws {
        let fixture = try Fixture()
        let new = NewAccount(username: "person", email: "person@example.com", passwordHash: "hash")
        let mail = NewMail(
            accountID: new.id, purpose: "verification", recipient: new.email,
            job: fixture.job("send_mail", key: "mail:\(new.id):verification"))
        guard case .done(let account) = try await fixture.store.accounts.create(new, mail: mail) else {
            throw Unexpected("the account was not created")
        }
        let job = try require(try await fixture.store.jobs.find(mail.job.id))
        #expect(job.status == .queued)
        #expect(try await fixture.store.mails.find(mail.id)?.accountID == account.id)
    }

    @Test func `a changed address has to be verified anew and a changed name not`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account(isVerified: true)
        try await fixture.account("other")
        guard case .done(let renamed) = try await fixture.store.accounts.rename(account.id, username: "new-name") else {
            throw Unexpected("not renamed")
        }
        #expect(renamed.isVerified && renamed.username == "new-name")
        guard case .done(let moved) = try await fixture.store.accounts.rename(account.id, email: "new@example.com")
        else { throw Unexpected("not moved") }
        #expect(!moved.isVerified)
        guard case .taken(.email) = try await fixture.store.accounts.rename(account.id, email: "OTHER@example.com")
        else { throw Unexpected("took another's address") }
        guard case .done = try await fixture.store.accounts.rename(account.id, username: "NEW-name") else {
            throw Unexpected("the account's own name in another case was refused")
        }
        guard case .missing = try await fixture.store.accounts.rename(.make(), username: "x") else {
            throw Unexpected("renamed nobody")
        }
    }

    @Test func `the profile counts living conversations and messages of both roles`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask(by: account.id)
        try await fixture.finish(job)
        let second = try await fixture.ask(by: account.id)
        _ = try await fixture.store.conversations.delete(require(second.conversationID), of: account.id)
        let profile = try require(try await fixture.store.accounts.profile(account.id))
        #expect(profile.conversationCount == 1)
        #expect(profile.messageCount == 2)
    }

    @Test func `an administrator is found`() async throws {
        let fixture = try Fixture()
        #expect(try await !fixture.store.accounts.adminExists())
        try await fixture.account(isAdmin: true)
        #expect(try await fixture.store.accounts.adminExists())
    }

    @Test func `lists page without gaps and search any text literally`() async throws {
        let fixture = try Fixture()
        for number in 0..<7 { try await fixture.account("p\(number)") }
        try await fixture.account("with_underscore")
        var names: [String] = []
        var cursor: String?
        repeat {
            let page = try await fixture.store.accounts.list(limit: 3, cursor: cursor)
            names += page.elements.map(\.username)
            cursor = page.next
        } while cursor != nil
        #expect(Set(names).count == 8 && names.count == 8)
        #expect(try await fixture.store.accounts.list(matching: "_").elements.map(\.username) == ["with_underscore"])
        #expect(try await fixture.store.accounts.list(matching: "%").elements.isEmpty)
    }

    @Test func `an account made inactive loses its sessions`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let session = try await fixture.session(of: account)
        _ = try await fixture.store.accounts.set(account.id, isActive: false)
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.time(1)) == nil)
        _ = try await fixture.store.accounts.set(account.id, isActive: true)
        #expect(try await fixture.store.sessions.principal(of: session, at: fixture.time(1)) == nil)
    }
}

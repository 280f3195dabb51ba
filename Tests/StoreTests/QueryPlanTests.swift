import Foundation
import Identifiers
import Store
import Testing

/// The hot operations walk indexes: what they would visit or sort without one would be felt at a million rows.
struct QueryPlanTests {
    /// Runs operations and tells which of their statements scanned a table or sorted rows.
    private func wasteful(
        in fixture: Fixture, _ operations: () async throws -> Void
    ) async throws -> [String] {
        func costs() async throws -> [String: Int] {
            let all =
                try await fixture.store.read { $0.statementCosts() }
                + fixture.store.write { $0.statementCosts() }
            return Dictionary(all.map { ($0.sql, $0.scannedRows + $0.sorts) }, uniquingKeysWith: +)
        }
        let before = try await costs()
        try await operations()
        return try await costs().filter { $0.value > before[$0.key, default: 0] }.map(\.key)
    }

    /// A Store of one reader, so that every read is seen, with some rows of everything.
    private func populated() async throws -> (fixture: Fixture, account: Account, job: TrackedJob) {
        let fixture = try Fixture(readers: 1)
        let account = try await fixture.account()
        var last: TrackedJob?
        for _ in 0..<10 {
            let job = try await fixture.ask(by: account.id)
            try await fixture.finish(job)
            last = job
        }
        for _ in 0..<3 { try await fixture.ask(by: account.id) }
        return (fixture, account, try require(last))
    }

    @Test func `asking, answering and following`() async throws {
        let (fixture, account, job) = try await populated()
        let store = fixture.store
        let conversation = try require(job.conversationID)
        let found = try await wasteful(in: fixture) {
            let key = IdempotencyKey(route: "chat", key: "k", bodyHash: "b")
            for _ in 0..<2 {
                _ = try await store.chat.submit(
                    fixture.question(by: account.id, in: .conversation(conversation), key: key))
            }
            let busy = fixture.question(by: account.id, in: .conversation(conversation))
            guard case .busy(let id) = try await store.chat.submit(busy) else { throw Unexpected("not busy") }
            _ = try await store.jobs.claim(id, attempt: 1, fence: 1)
            _ = try await store.jobs.checkpoint([Checkpoint(jobID: id, fence: 1, text: "t", eventID: nil)])
            _ = try await store.jobs.answer(id, of: account.id)
            _ = try await store.chat.branch(endingAt: require(job.responseID))
            _ = try await store.chat.finishAnswer(
                id, fence: 1, text: "text", outcome: "answered", sources: "[]", usage: nil,
                titleJob: fixture.job("make_title", key: "title"))
            _ = try await store.jobs.requestCancel(id)
        }
        // SQLite gathers the few rows of one branch and orders them by depth.
        #expect(found.filter { !$0.contains("WITH RECURSIVE branch") }.isEmpty, "\(found)")
    }

    @Test func `the check of every request and the lists of a person`() async throws {
        let (fixture, account, job) = try await populated()
        let store = fixture.store
        let session = try await fixture.session(of: account)
        let conversation = try require(job.conversationID)
        let found = try await wasteful(in: fixture) {
            _ = try await store.sessions.principal(of: session)
            _ = try await store.accessTokens.principal(hash: "hash")
            _ = try await store.sessions.list(of: account.id, at: fixture.start)
            _ = try await fixture.rotate(0, at: 1)
            _ = try await store.accounts.find(username: "person")
            _ = try await store.accounts.find(email: "person@example.com")
            _ = try await store.conversations.list(of: account.id, limit: 5)
            _ = try await store.conversations.page(of: conversation, account: account.id)
            _ = try await store.chat.history(of: account.id, limit: 5)
        }
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `a search visits the own conversations only`() async throws {
        let (fixture, account, _) = try await populated()
        let found = try await wasteful(in: fixture) {
            _ = try await fixture.store.conversations.list(of: account.id, matching: "tern")
        }
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `reconcile and cleanup`() async throws {
        let (fixture, account, _) = try await populated()
        let store = fixture.store
        let found = try await wasteful(in: fixture) {
            _ = try await store.jobs.unfinished(createdBefore: fixture.time(1))
            _ = try await store.jobs.expireOverdue()
            _ = try await store.housekeeping.removeExpired(jobsFinishedBefore: fixture.start, at: fixture.start)
            _ = try await store.housekeeping.removeOrphanMessages(writtenBefore: fixture.time(1))
            _ = try await store.housekeeping.removeUnverifiedAccounts(joinedBefore: fixture.time(-1))
            _ = try await store.conversations.purge(deletedBefore: fixture.time(1))
            _ = try await store.housekeeping.removeStaleConversations(inactiveSince: fixture.time(1), limit: 3)
            _ = try await store.housekeeping.removeAccount(account.id, limit: 3)
        }
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `ingest and the followers of the knowledge base`() async throws {
        let fixture = try Fixture(readers: 1)
        let store = fixture.store
        let document = try await fixture.document()
        _ = try await store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("a", "b", "c"))
        try await fixture.embed(document.id)
        let found = try await wasteful(in: fixture) {
            _ = try await store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("b", "c", "d"))
            try await fixture.embed(document.id)
            _ = try await store.knowledge.changes(since: 1, limit: 1)
            _ = try await store.chunks.neighbourhood(of: 2)
            _ = try await store.chunks.find([2, 3])
            _ = try await store.chunks.withoutVector()
        }
        #expect(found.isEmpty, "\(found)")
    }
}

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

    @Test func `cleanup where every table has rows that go and rows that stay`() async throws {
        let (fixture, account, _) = try await populated()
        let other = try await fixture.account("other")
        for person in [account, other] {
            for number in 0..<3 {
                try await fixture.fill(everyTableOf: person, number: number)
            }
        }
        let store = fixture.store
        let found = try await wasteful(in: fixture) {
            for limit in [2, 500] {
                _ = try await store.housekeeping.removeExpired(
                    jobsFinishedBefore: fixture.start, limit: limit, at: fixture.time(1_000))
            }
            var last = 1
            while last > 0 {
                last = try await store.housekeeping.removeAccount(account.id, limit: 4).rows
            }
        }
        #expect(found.isEmpty, "\(found)")
        #expect(try await store.accounts.find(username: "person") == nil)
        let left = try await store.read { try $0.count("SELECT COUNT(*) FROM idempotency_keys") }
        #expect(left == 1)
    }

    @Test func `what expires is found by its deadline, not among all that is unfinished`() async throws {
        let (fixture, _, _) = try await populated()
        _ = try await fixture.store.jobs.expireOverdue()
        let plan = try await fixture.store.write { transaction in
            let sql = transaction.statementCosts().map(\.sql).first { $0.contains("deadline <") }
            return try transaction.rows("EXPLAIN QUERY PLAN \(require(sql))", fixture.start, 1) { $0.text(3) }
        }
        #expect(plan == ["SEARCH jobs USING INDEX jobs_not_started (deadline<?)"])
    }

    @Test func `a removed row finds the rows that refer to it by an index`() async throws {
        let fixture = try Fixture()
        let unindexed = try await fixture.store.read {
            try $0.rows(
                """
                SELECT t.name || '.' || f."from" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
                WHERE t.type = 'table' AND NOT EXISTS
                    (SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c
                    WHERE i.partial = 0 AND c.seqno = 0 AND c.name = f."from")
                """
            ) { $0.text(0) }
        }
        #expect(unindexed.isEmpty)
    }

    @Test func `a removed conversation finds its messages and jobs by an index`() async throws {
        let (fixture, account, _) = try await populated()
        let store = fixture.store
        let found = try await wasteful(in: fixture) {
            var last = 1
            while last > 0 {
                last = try await store.housekeeping.removeStaleConversations(
                    inactiveSince: fixture.time(1), limit: 3
                ).rows
            }
            // Those whose answer is unfinished stayed.
            #expect(try await store.conversations.list(of: account.id, limit: 50).elements.count == 3)
            _ = try await store.housekeeping.removeStrandedMessages()
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
            _ = try await store.chunks.readyDocumentWithoutVectors()
        }
        #expect(found.isEmpty, "\(found)")
    }
}

extension Fixture {
    /// One row of the account in every table that a cleanup visits, over since the start.
    fileprivate func fill(everyTableOf account: Account, number: Int) async throws {
        let name = "\(account.username) \(number)"
        let over = start.addingTimeInterval(number == 0 ? 1_000_000 : -200 * 24 * 3600)
        let written = number == 0 ? start : over
        _ = try await store.files.create(
            account: account.id, name: name, contentType: "text/plain", content: Data(), expiresAt: over, at: start)
        _ = try await store.accessTokens.create(
            account: account.id, name: name, hash: name, scopes: [], expiresAt: over, at: start)
        try await store.emailTokens.insert(
            hash: name, account: account.id, purpose: .verification, email: account.email, expiresAt: over, at: start)
        _ = try await store.sessions.create(
            account: account.id, refreshHash: name, device: "test", ip: "127.0.0.1", expiresAt: over, at: start)
        _ = try await store.chat.submit(
            question(by: account.id, key: IdempotencyKey(route: "chat", key: name, bodyHash: "b")), at: written)
        let mail = NewMail(accountID: account.id, purpose: name, recipient: account.email, job: job())
        _ = try await store.mails.create(mail, at: written)
        try await store.mails.markSent(mail.id, answer: "250", at: written)
    }
}

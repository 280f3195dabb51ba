import Foundation
import Identifiers
import Store
import Testing

struct ConversationsTests {
    private func pages(
        of account: AccountID, in fixture: Fixture, limit: Int, between: () async throws -> Void = {}
    ) async throws -> [ConversationID] {
        var ids: [ConversationID] = []
        var cursor: String?
        repeat {
            let page = try await fixture.store.conversations.list(of: account, limit: limit, cursor: cursor)
            ids += page.elements.map(\.id)
            cursor = page.next
            try await between()
        } while cursor != nil
        return ids
    }

    @Test func `the list is newest first and pages without gaps or repeats, also among equal times`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        var expected: [ConversationID] = []
        for number in 0..<12 {
            let job = try await fixture.ask(by: account.id, at: fixture.time(Double(number / 4)))
            expected.append(try require(job.conversationID))
        }
        let found = try await pages(of: account.id, in: fixture, limit: 5)
        #expect(found.count == 12 && Set(found) == Set(expected))
        #expect(Set(found.prefix(4)) == Set(expected.suffix(4)))
        #expect(Set(found.suffix(4)) == Set(expected.prefix(4)))
    }

    @Test func `conversations that come or go while a list is paged disturb no other`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        var standing: [ConversationID] = []
        for number in 0..<9 {
            standing.append(
                try require(try await fixture.ask(by: account.id, at: fixture.time(Double(number))).conversationID))
        }
        var clock = 100.0
        let found = try await pages(of: account.id, in: fixture, limit: 2) {
            clock += 1
            try await fixture.ask(by: account.id, at: fixture.time(clock))
        }
        #expect(found == standing.reversed())
    }

    @Test func `a cursor that is none begins at the start`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        try await fixture.ask(by: account.id)
        for cursor in ["", "x", "1.2.3", "'; DROP TABLE accounts; --", "99999999999999999999.x"] {
            let page = try await fixture.store.conversations.list(of: account.id, cursor: cursor)
            #expect(page.elements.count == 1)
        }
    }

    @Test func `the messages' newest page comes first, the oldest message first inside it`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask("0", by: account.id)
        try await fixture.finish(first, text: "1")
        let conversation = try require(first.conversationID)
        for number in 1..<4 {
            let job = try await fixture.ask("\(number * 2)", by: account.id, in: .conversation(conversation))
            try await fixture.finish(job, text: "\(number * 2 + 1)")
        }
        let conversations = fixture.store.conversations
        let page = try require(try await conversations.page(of: conversation, account: account.id, limit: 3))
        #expect(page.messages.elements.map(\.content) == ["5", "6", "7"])
        let next = try require(
            try await conversations.page(
                of: conversation, account: account.id, limit: 3, cursor: page.messages.next))
        #expect(next.messages.elements.map(\.content) == ["2", "3", "4"])
        let last = try require(
            try await conversations.page(
                of: conversation, account: account.id, limit: 3, cursor: next.messages.next))
        #expect(last.messages.elements.map(\.content) == ["0", "1"] && last.messages.next == nil)
        #expect(page.conversation.lastMessagePreview == "7")
    }

    @Test func `another account finds, changes and deletes nothing`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let id = try require(try await fixture.ask(by: account.id).conversationID)
        let conversations = fixture.store.conversations
        #expect(try await conversations.find(id, of: other.id) == nil)
        #expect(try await conversations.page(of: id, account: other.id) == nil)
        #expect(try await conversations.rename(id, of: other.id, to: "Mine") == nil)
        #expect(try await conversations.set(id, of: other.id, isPinned: true) == nil)
        #expect(try await conversations.delete(id, of: other.id) == nil)
        #expect(try await conversations.list(of: other.id).elements.isEmpty)
        #expect(try await conversations.find(id, of: account.id)?.title == "New chat")
    }

    @Test func `an automatic title never replaces a person's`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let id = try require(try await fixture.ask(by: account.id).conversationID)
        let conversations = fixture.store.conversations
        #expect(try await conversations.setAutomaticTitle("About terns", of: id))
        #expect(try await conversations.rename(id, of: account.id, to: "Mine")?.title == "Mine")
        #expect(try await !conversations.setAutomaticTitle("About terns", of: id))
        #expect(try await conversations.find(id)?.title == "Mine")
    }

    @Test func `only a message of the conversation becomes its active leaf`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let one = try await fixture.ask(by: account.id)
        let two = try await fixture.ask(by: account.id)
        let id = try require(one.conversationID)
        let conversations = fixture.store.conversations
        #expect(try await conversations.set(id, of: account.id, activeLeaf: two.messageID) == nil)
        let changed = try await conversations.set(
            id, of: account.id, isPinned: true, isArchived: true, activeLeaf: one.messageID)
        #expect(changed?.activeLeafID == one.messageID && changed?.isPinned == true && changed?.isArchived == true)
    }

    @Test func `a deleted conversation is hidden, its jobs cancelled, and it comes back within thirty seconds`()
        async throws
    {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask(by: account.id)
        let id = try require(job.conversationID)
        let conversations = fixture.store.conversations
        let removal = fixture.job("purge")
        let jobs = try await conversations.delete(id, of: account.id, removal: removal, at: fixture.start)
        #expect(jobs?.map(\.id) == [job.id] && jobs?.first?.status == .cancelled)
        #expect(try await fixture.store.jobs.find(removal.id) != nil)
        #expect(try await conversations.find(id, of: account.id) == nil)
        #expect(try await conversations.delete(id, of: account.id) == nil)
        #expect(try await conversations.restore(id, of: account.id, at: fixture.time(31)) == nil)
        #expect(try await conversations.restore(id, of: account.id, at: fixture.time(30))?.id == id)
        #expect(try await conversations.page(of: id, account: account.id)?.messages.elements.count == 2)
    }

    @Test func `a purge removes what was deleted before a time, in batches`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        for number in 0..<4 {
            let job = try await fixture.ask(by: account.id)
            try await fixture.finish(job)
            let time = fixture.time(number < 3 ? 0 : 100)
            _ = try await fixture.store.conversations.delete(require(job.conversationID), of: account.id, at: time)
        }
        var calls = 0
        while try await fixture.store.conversations.purge(deletedBefore: fixture.time(50), limit: 4) > 0 { calls += 1 }
        #expect(calls == 3)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM conversations") } == 1)
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM messages") } == 2)
    }

    @Test func `search finds words of messages and parts of titles, of the own account only`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let job = try await fixture.ask("Where do puffins nest?", by: account.id)
        try await fixture.finish(job, text: "On the Farne Islands [1].")
        let theirs = try await fixture.ask("Where do puffins nest?", by: other.id)
        try await fixture.finish(theirs)
        let id = try require(job.conversationID)
        _ = try await fixture.store.conversations.rename(id, of: account.id, to: "100% Äther_talk")
        func find(_ text: String) async throws -> [ConversationID] {
            try await fixture.store.conversations.list(of: account.id, matching: text).elements.map(\.id)
        }
        for text in ["puffins", "PUFFINS nest", "farne isl", "äther", "100%", "r_t", "Farne? \"Islands\""] {
            #expect(try await find(text) == [id], "\(text)")
        }
        for text in ["albatross", "puffins albatross", "200%", "rxt", "account_id"] {
            #expect(try await find(text).isEmpty, "\(text)")
        }
        for text in [" ", "\n"] { #expect(try await find(text) == [id]) }
    }

    @Test func `a removed message leaves the search`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask("puffins", by: account.id)
        try await fixture.finish(job)
        let rows = "SELECT COUNT(*) FROM message_search WHERE message_search MATCH 'puffins'"
        #expect(try await fixture.store.read { try $0.count(rows) } == 1)
        _ = try await fixture.store.housekeeping.removeStaleConversations(inactiveSince: fixture.time(1))
        #expect(try await fixture.store.read { try $0.count(rows) } == 0)
        // FTS5's own check of the index against the table.
        _ = try await fixture.store.write {
            try $0.run("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 0)")
        }
    }

    @Test func `the seed's history pages newest first with the newest answer of each question`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        for number in 0..<5 {
            let job = try await fixture.ask("q\(number)", by: account.id, at: fixture.time(Double(number / 2)))
            try await fixture.finish(job, text: "a\(number)")
        }
        let page = try await fixture.store.chat.history(of: account.id, limit: 3)
        #expect(page.elements.map(\.message) == ["q2", "q3", "q4"])
        #expect(page.elements.map(\.response) == ["a2", "a3", "a4"])
        let rest = try await fixture.store.chat.history(of: account.id, limit: 3, cursor: page.next)
        #expect(rest.elements.map(\.message) == ["q0", "q1"] && rest.next == nil)
    }

    @Test func `answers are rated by their owner only`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let job = try await fixture.ask(by: account.id)
        let answer = try require(job.responseID)
        #expect(try await fixture.store.chat.rate(answer, of: account.id, rating: -1, comment: "wrong"))
        #expect(try await !fixture.store.chat.rate(answer, of: other.id, rating: 1, comment: nil))
        #expect(try await !fixture.store.chat.rate(require(job.messageID), of: account.id, rating: 1, comment: nil))
        let message = try await fixture.store.chat.message(answer, of: account.id)
        #expect(message?.rating == -1 && message?.ratingComment == "wrong")
    }

    @Test func `a preview is one short line whatever the text`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let text = String(repeating: "word\n\t ", count: 5_000)
        let job = try await fixture.ask(text, by: account.id)
        let preview = try require(try await fixture.store.conversations.find(require(job.conversationID)))
            .lastMessagePreview
        #expect(preview.count <= 140 && preview.hasPrefix("word word word") && preview.hasSuffix("…"))
    }

    @Test func `an imported conversation is taken over once and goes on like any other`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let imported = ImportedConversation(
            id: .make(), title: "Old talk", createdAt: fixture.time(-100),
            messages: [
                .init(role: .user, text: "first question", at: fixture.time(-90)),
                .init(role: .assistant, text: "first answer", at: fixture.time(-80)),
            ])
        #expect(try await fixture.store.conversations.adopt(imported, by: account.id))
        #expect(try await !fixture.store.conversations.adopt(imported, by: account.id))
        let found = try await fixture.store.conversations.list(of: account.id, matching: "answer").elements
        #expect(found.map(\.title) == ["Old talk"] && found[0].updatedAt == fixture.time(-80))
        let job = try await fixture.ask("second question", by: account.id, in: .conversation(imported.id))
        let branch = try await fixture.store.chat.branch(endingAt: require(job.messageID))
        #expect(branch.map(\.content) == ["first question", "first answer", "second question"])
        try await fixture.store.conversations.adoptStray(
            .init(role: .user, text: "stray", at: fixture.time(-90)), of: account.id)
        #expect(try await fixture.store.housekeeping.removeOrphanMessages(writtenBefore: fixture.time(-1)) == 1)
    }
}

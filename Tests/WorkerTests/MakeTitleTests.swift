import Identifiers
import Jobs
import Store
import TestSupport
import Testing
import Worker

@Suite struct MakeTitleTests {
    private func makeTitle(_ fixture: Fixture, of conversation: ConversationID) async throws {
        let work = MakeTitle(conversationID: conversation.description)
        let job = try await fixture.create(work)
        try await MakeTitleHandler(run: fixture.run).handle(work, fixture.attempt(job))
        #expect(try await fixture.found(job).status == .succeeded)
    }

    @Test func `a conversation is named by the first words of its first question`() async throws {
        let fixture = try await Fixture()
        let asked = try await fixture.ask("  How far does\nthe Arctic tern fly?", by: fixture.account().id)
        let id = try #require(asked.conversationID)
        try await makeTitle(fixture, of: id)
        #expect(try await fixture.store.conversations.find(id)?.title == "How far does the Arctic tern fly")
    }

    @Test func `a title that a person gave stays`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.account().id
        let id = try #require(try await fixture.ask(by: account).conversationID)
        _ = try await fixture.store.conversations.rename(id, of: account, to: "Mine")
        try await makeTitle(fixture, of: id)
        #expect(try await fixture.store.conversations.find(id)?.title == "Mine")
    }

    @Test func `a conversation that is gone needs no title`() async throws {
        let fixture = try await Fixture()
        try await makeTitle(fixture, of: ConversationID.make())
    }
}

import Foundation
import Identifiers
import Store
import Testing

struct SubmissionTests {
    @Test func `a question becomes a conversation, two messages and a job`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let question = fixture.question("  What is\na tern?", by: account.id)
        guard case .accepted(let job) = try await fixture.store.chat.submit(question, at: fixture.start) else {
            throw Unexpected("not accepted")
        }
        #expect(job.id == question.job.id && job.status == .queued && job.accountID == account.id)
        #expect(job.messageID == question.messageID && job.responseID == question.responseID)
        #expect(job.version == Int64(fixture.start.timeIntervalSince1970 * 1000))
        let conversation = try require(job.conversationID)
        let page = try require(try await fixture.store.conversations.page(of: conversation, account: account.id))
        #expect(page.conversation.messageCount == 2)
        #expect(page.conversation.lastMessagePreview == "What is a tern?")
        #expect(page.conversation.activeLeafID == question.responseID)
        #expect(page.messages.elements.map(\.role) == [.user, .assistant])
        #expect(page.messages.elements.map(\.content) == ["  What is\na tern?", ""])
        #expect(page.messages.elements.map(\.status) == [.succeeded, .queued])
        #expect(page.messages.elements[1].parentID == question.messageID)
        #expect(page.messages.elements[1].jobID == job.id)
    }

    @Test func `a second question while one is unfinished is refused with the running job`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask(by: account.id)
        let conversation = try require(first.conversationID)
        let second = try await fixture.store.chat.submit(
            fixture.question(by: account.id, in: .conversation(conversation)))
        guard case .busy(let job) = second else { throw Unexpected("\(second)") }
        #expect(job == first.id)
        let page = try require(try await fixture.store.conversations.page(of: conversation, account: account.id))
        #expect(page.messages.elements.count == 2 && page.conversation.messageCount == 2)
        try await fixture.finish(first)
        try await fixture.ask(by: account.id, in: .conversation(conversation))
    }

    @Test func `of many questions at once in one conversation from two pools one is accepted`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask(by: account.id)
        try await fixture.finish(first)
        let conversation = try require(first.conversationID)
        let stores = [fixture.store, try fixture.anotherStore()]
        let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let question = fixture.question("\(number)", by: account.id, in: .conversation(conversation))
                    let submission = try await stores[number % 2].chat.submit(question)
                    switch submission {
                    case .accepted: return true
                    case .busy: return false
                    default: throw Unexpected("\(submission)")
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(accepted == 1)
        #expect(try await fixture.store.conversations.find(conversation)?.messageCount == 4)
    }

    @Test func `the same key and body replay the job, another body is a mismatch`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let key = IdempotencyKey(route: "chat", key: "k", bodyHash: "body")
        let first = try await fixture.store.chat.submit(fixture.question(by: account.id, key: key))
        guard case .accepted(let job) = first else { throw Unexpected("\(first)") }
        let again = try await fixture.store.chat.submit(fixture.question(by: account.id, key: key))
        guard case .replayed(job.id) = again else { throw Unexpected("\(again)") }
        let mismatch = try await fixture.store.chat.submit(
            fixture.question(by: account.id, key: IdempotencyKey(route: "chat", key: "k", bodyHash: "other")))
        guard case .idempotencyMismatch = mismatch else { throw Unexpected("\(mismatch)") }
        let others = try await fixture.store.chat.submit(fixture.question(by: other.id, key: key))
        guard case .accepted = others else { throw Unexpected("\(others)") }
        let elsewhere = try await fixture.store.chat.submit(
            fixture.question(by: account.id, key: IdempotencyKey(route: "retry", key: "k", bodyHash: "body")))
        guard case .accepted = elsewhere else { throw Unexpected("\(elsewhere)") }
    }

    @Test func `of many requests with one key from two pools one is accepted and the others replay it`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let key = IdempotencyKey(route: "chat", key: "k", bodyHash: "body")
        let stores = [fixture.store, try fixture.anotherStore()]
        let jobs = try await withThrowingTaskGroup(of: JobID.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let submission = try await stores[number % 2].chat.submit(
                        fixture.question(by: account.id, key: key))
                    switch submission {
                    case .accepted(let job): return job.id
                    case .replayed(let id): return id
                    default: throw Unexpected("\(submission)")
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(jobs.count == 1)
        #expect(try await fixture.store.conversations.list(of: account.id).elements.count == 1)
    }

    @Test func `a refused question leaves its key free`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask(by: account.id)
        let conversation = try require(first.conversationID)
        let key = IdempotencyKey(route: "chat", key: "k", bodyHash: "body")
        let question = fixture.question(by: account.id, in: .conversation(conversation), key: key)
        guard case .busy = try await fixture.store.chat.submit(question) else { throw Unexpected("not busy") }
        try await fixture.finish(first)
        guard case .accepted = try await fixture.store.chat.submit(question) else { throw Unexpected("not accepted") }
    }

    @Test func `an account has at most so many unfinished answers`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        for _ in 0..<3 { try await fixture.ask(by: account.id) }
        let refused = try await fixture.store.chat.submit(fixture.question(by: account.id, maximumUnfinished: 3))
        guard case .tooManyUnfinished(3) = refused else { throw Unexpected("\(refused)") }
        let other = try await fixture.account("other")
        guard case .accepted = try await fixture.store.chat.submit(fixture.question(by: other.id, maximumUnfinished: 3))
        else { throw Unexpected("another's answers were counted") }
    }

    @Test func `conversations and messages of others are unknown`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let job = try await fixture.ask(by: account.id)
        try await fixture.finish(job)
        let conversation = try require(job.conversationID)
        let message = try require(job.messageID)
        for place in [
            NewQuestion.Place.conversation(conversation), .after(message, in: conversation), .inPlaceOf(message),
            .conversation(.make()),
        ] {
            let submission = try await fixture.store.chat.submit(fixture.question(by: other.id, in: place))
            guard case .unknown = submission else { throw Unexpected("\(submission)") }
        }
        for subject in [NewAnswer.Subject.retry(job.id), .regenerate(message)] {
            let submission = try await fixture.store.chat.answerAgain(
                NewAnswer(account: other.id, subject: subject, job: fixture.answerJob()))
            guard case .unknown = submission else { throw Unexpected("\(submission)") }
        }
    }

    @Test func `a question continues the active leaf, or the message it names`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask("one", by: account.id)
        try await fixture.finish(first)
        let conversation = try require(first.conversationID)
        let second = try await fixture.ask("two", by: account.id, in: .conversation(conversation))
        try await fixture.finish(second)
        let branch = try await fixture.store.chat.branch(endingAt: require(second.messageID))
        #expect(branch.map(\.content) == ["one", "A seabird [1].", "two"])
        let third = try await fixture.ask(
            "three", by: account.id, in: .after(require(first.responseID), in: conversation))
        let other = try await fixture.store.chat.branch(endingAt: require(third.messageID))
        #expect(other.map(\.content) == ["one", "A seabird [1].", "three"])
        #expect(try await fixture.store.chat.branch(endingAt: require(second.messageID), limit: 2).count == 2)
    }

    @Test func `an edit opens a branch beside the message it replaces`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask("one", by: account.id)
        try await fixture.finish(first)
        let conversation = try require(first.conversationID)
        let second = try await fixture.ask("two", by: account.id, in: .conversation(conversation))
        try await fixture.finish(second)
        let edited = try await fixture.ask("two!", by: account.id, in: .inPlaceOf(require(second.messageID)))
        let branch = try await fixture.store.chat.branch(endingAt: require(edited.messageID))
        #expect(branch.map(\.content) == ["one", "A seabird [1].", "two!"])
        #expect(edited.conversationID == conversation)
    }

    @Test func `a failed answer can be retried as a sibling and a succeeded one not`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let job = try await fixture.ask(by: account.id)
        _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1)
        let running = try await fixture.store.chat.answerAgain(
            NewAnswer(account: account.id, subject: .retry(job.id), job: fixture.answerJob()))
        guard case .notRetryable(.running) = running else { throw Unexpected("\(running)") }
        _ = try await fixture.store.jobs.end(job.id, fence: 1, as: .failed, error: #"{"code":"x"}"#)
        let again = try await fixture.store.chat.answerAgain(
            NewAnswer(account: account.id, subject: .retry(job.id), job: fixture.answerJob()))
        guard case .accepted(let sibling) = again else { throw Unexpected("\(again)") }
        #expect(sibling.messageID == job.messageID && sibling.responseID != job.responseID)
        try await fixture.finish(sibling)
        let done = try await fixture.store.chat.answerAgain(
            NewAnswer(account: account.id, subject: .retry(sibling.id), job: fixture.answerJob()))
        guard case .notRetryable(.succeeded) = done else { throw Unexpected("\(done)") }
        let regenerated = try await fixture.store.chat.answerAgain(
            NewAnswer(account: account.id, subject: .regenerate(require(sibling.responseID)), job: fixture.answerJob()))
        guard case .accepted(let third) = regenerated else { throw Unexpected("\(regenerated)") }
        let page = try require(
            try await fixture.store.conversations.page(of: require(job.conversationID), account: account.id))
        let answers = page.messages.elements.filter { $0.role == .assistant }
        #expect(answers.count == 3 && Set(answers.map(\.parentID)).count == 1)
        #expect(page.conversation.activeLeafID == third.responseID)
    }

    @Test func `an unlisted conversation with preceding messages appears in no list`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        var question = fixture.question("three", by: account.id, in: .newConversation(title: "API", isListed: false))
        question.preceding = [.init(role: .user, content: "one"), .init(role: .assistant, content: "two")]
        guard case .accepted(let job) = try await fixture.store.chat.submit(question) else {
            throw Unexpected("not accepted")
        }
        let branch = try await fixture.store.chat.branch(endingAt: require(job.messageID))
        #expect(branch.map(\.content) == ["one", "two", "three"])
        #expect(try await fixture.store.conversations.list(of: account.id).elements.isEmpty)
        #expect(try await fixture.store.chat.history(of: account.id).elements.isEmpty)
    }
}

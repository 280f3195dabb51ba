import Foundation
import Identifiers
import Store
import Testing

struct SchedulesTests {
    private func entry(_ name: String = "nightly", cron: String = "0 2 * * *", isRequired: Bool = false) -> NewSchedule
    {
        NewSchedule(name: name, description: "text", cron: cron, timeZone: "UTC", isRequired: isRequired)
    }

    @Test func `declaring again keeps what an operator set and drops what is gone`() async throws {
        let fixture = try Fixture()
        let schedules = fixture.store.schedules
        try await schedules.declare([entry(), entry("other")])
        #expect(try await schedules.set("nightly", isEnabled: false, cron: "0 4 * * *"))
        try await schedules.declare([entry(cron: "0 3 * * *")])
        let found = try await schedules.list()
        #expect(found.map(\.name) == ["nightly"])
        #expect(found[0].cron == "0 4 * * *" && found[0].standardCron == "0 3 * * *" && !found[0].isEnabled)
        #expect(try await schedules.set("nightly", cron: ""))
        #expect(try await schedules.list()[0].cron == "0 3 * * *")
        #expect(try await !schedules.set("unknown", isEnabled: true))
    }

    @Test func `a required entry can't be disabled`() async throws {
        let fixture = try Fixture()
        try await fixture.store.schedules.declare([entry("reconcile", isRequired: true)])
        #expect(try await !fixture.store.schedules.set("reconcile", isEnabled: false))
        #expect(try await fixture.store.schedules.set("reconcile", cron: "@every 10s"))
    }

    @Test func `of many beats at one tick exactly one fires`() async throws {
        let fixture = try Fixture()
        try await fixture.store.schedules.declare([entry()])
        let stores = [fixture.store, try fixture.anotherStore()]
        let id = JobID.make()
        let fired = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<10 {
                group.addTask {
                    try await stores[number % 2].schedules.recordFire(
                        of: "nightly", tick: fixture.time(60), job: fixture.job(id: id))
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(fired == 1)
        #expect(try await fixture.store.jobs.find(id)?.status == .queued)
        #expect(try await fixture.store.schedules.lastTick(of: "nightly") == fixture.time(60))
    }

    @Test func `a tick before the last one never fires`() async throws {
        let fixture = try Fixture()
        let schedules = fixture.store.schedules
        try await schedules.declare([entry()])
        #expect(try await schedules.recordFire(of: "nightly", tick: fixture.time(60), job: fixture.job()))
        let late = fixture.job()
        #expect(try await !schedules.recordFire(of: "nightly", tick: fixture.time(30), job: late))
        #expect(try await fixture.store.jobs.find(late.id) == nil)
        #expect(try await !schedules.recordFire(of: "unknown", tick: fixture.time(60), job: fixture.job()))
        #expect(try await schedules.recordFire(of: "nightly", tick: fixture.time(120), job: fixture.job()))
    }

    @Test func `a tick that meets an unfinished job of its entry is skipped for good`() async throws {
        let fixture = try Fixture()
        let schedules = fixture.store.schedules
        try await schedules.declare([entry()])
        let byHand = fixture.job(key: "nightly")
        _ = try await schedules.trigger("nightly", by: "ann", job: byHand, at: fixture.time(10))
        let refused = fixture.job(key: "nightly")
        #expect(try await !schedules.recordFire(of: "nightly", tick: fixture.time(60), job: refused))
        #expect(try await schedules.lastTick(of: "nightly") == fixture.time(60))
        #expect(try await fixture.store.jobs.find(refused.id) == nil)
        #expect(try await schedules.runs(of: "nightly").elements.map(\.jobID) == [byHand.id])
        _ = try await fixture.store.jobs.end(byHand.id, fence: nil, as: .failed)
        #expect(try await schedules.recordFire(of: "nightly", tick: fixture.time(120), job: refused))
    }

    @Test func `the end of the job ends the run`() async throws {
        let fixture = try Fixture()
        let schedules = fixture.store.schedules
        try await schedules.declare([entry()])
        let job = fixture.job()
        _ = try await schedules.recordFire(of: "nightly", tick: fixture.time(60), job: job, at: fixture.time(61))
        _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1)
        try await schedules.log("deleted 3 rows\n", of: job.id)
        _ = try await fixture.store.jobs.succeed(job.id, fence: 1, result: #"{"deleted":3}"#, at: fixture.time(62.5))
        let run = try require(try await schedules.list().first?.lastRun)
        #expect(run.status == .succeeded && run.durationMilliseconds == 1_500 && run.result == #"{"deleted":3}"#)
        #expect(run.log == "deleted 3 rows\n" && run.trigger == "schedule" && run.jobID == job.id)
    }

    @Test func `a run by hand is refused while one with its key is unfinished`() async throws {
        let fixture = try Fixture()
        let schedules = fixture.store.schedules
        try await schedules.declare([entry()])
        let first = try await schedules.trigger(
            "nightly", by: "admin", job: fixture.job(key: "nightly"), at: fixture.start)
        let second = try await schedules.trigger(
            "nightly", by: "admin", job: fixture.job(key: "nightly"), at: fixture.start)
        #expect(first.isNew && !second.isNew && second.job.id == first.job.id)
        _ = try await fixture.store.jobs.end(first.job.id, fence: nil, as: .failed)
        #expect(
            try await schedules.trigger("nightly", by: "admin", job: fixture.job(key: "nightly"), at: fixture.start)
                .isNew)
        #expect(try await schedules.runs(of: "nightly").elements.count == 2)
        let page = try await schedules.runs(limit: 1)
        #expect(try await schedules.runs(limit: 1, cursor: page.next).elements != page.elements)
        #expect(try await schedules.lastTick(of: "nightly") == nil)
    }
}

struct HousekeepingTests {
    @Test func `stale conversations go in bounded batches, pinned and busy ones stay`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        for number in 0..<6 {
            let job = try await fixture.ask(by: account.id, at: fixture.time(number == 5 ? 100 : 0))
            if number != 4 { try await fixture.finish(job, at: fixture.time(number == 5 ? 100 : 0)) }
            if number == 0 {
                _ = try await fixture.store.conversations.set(
                    require(job.conversationID), of: account.id, isPinned: true)
            }
        }
        var batches: [RemovedRows] = []
        repeat {
            batches.append(
                try await fixture.store.housekeeping.removeStaleConversations(
                    inactiveSince: fixture.time(50), limit: 4))
        } while batches.last?.rows != 0
        #expect(batches.allSatisfy { $0.rows <= 4 })
        #expect(batches.reduce(0) { $0 + $1.conversations } == 3)
        #expect(batches.reduce(0) { $0 + $1.messages } == 6)
        #expect(try await fixture.store.conversations.list(of: account.id).elements.count == 3)
    }

    @Test func `a conversation larger than a batch goes over several`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let first = try await fixture.ask(by: account.id)
        try await fixture.finish(first)
        for _ in 0..<4 {
            let job = try await fixture.ask(by: account.id, in: .conversation(require(first.conversationID)))
            try await fixture.finish(job)
        }
        var rows: [Int] = []
        repeat {
            rows.append(
                try await fixture.store.housekeeping.removeStaleConversations(
                    inactiveSince: fixture.time(50), limit: 4
                ).rows)
        } while rows.last != 0
        #expect(rows == [4, 4, 3, 0])
    }

    @Test func `messages without a conversation and answers whose job is gone are removed`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let lost = try await fixture.ask(by: account.id)
        let living = try await fixture.ask(by: account.id)
        try await fixture.store.write { transaction in
            try transaction.run("DELETE FROM jobs WHERE id = $1", lost.id)
            try transaction.run(
                """
                INSERT INTO messages (id, conversation_id, account_id, position, role, content, status, created_at)
                VALUES ('import', NULL, $1, 1, 'user', 'text', 'succeeded', 0)
                """, account.id)
            try transaction.run(
                """
                INSERT INTO messages (id, conversation_id, account_id, position, role, content, status, created_at)
                VALUES ('stranded', 'nowhere', $1, 1, 'user', 'text', 'succeeded', 0)
                """, account.id)
        }
        let housekeeping = fixture.store.housekeeping
        #expect(try await housekeeping.removeOrphanMessages(writtenBefore: fixture.time(-1)) == 1)
        #expect(try await housekeeping.removeOrphanMessages(writtenBefore: fixture.time(1)) == 1)
        #expect(try await housekeeping.removeOrphanMessages(writtenBefore: fixture.time(1)) == 0)
        let lostConversation = try await fixture.store.conversations.find(require(lost.conversationID))
        #expect(lostConversation?.messageCount == 1 && lostConversation?.activeLeafID == lost.messageID)
        #expect(try await fixture.store.chat.message(require(living.responseID), of: account.id) != nil)
        var next: Int64? = 0
        var removed = 0
        while let number = next {
            let slice = try await housekeeping.removeStrandedMessages(from: number, limit: 2)
            removed += slice.removed
            next = slice.next
        }
        #expect(removed == 1)
    }

    @Test func `unverified accounts of long ago go with their data, administrators never`() async throws {
        let fixture = try Fixture()
        let old = try await fixture.account("old")
        let job = try await fixture.ask(by: old.id)
        try await fixture.finish(job)
        _ = try await fixture.session(of: old)
        try await fixture.account("admin", isAdmin: true)
        try await fixture.account("verified", isVerified: true)
        try await fixture.account("young", at: fixture.time(100))
        var calls = 0
        while try await fixture.store.housekeeping.removeUnverifiedAccounts(joinedBefore: fixture.time(50), limit: 2)
            .rows
            > 0
        { calls += 1 }
        #expect(calls > 1)
        let names = try await fixture.store.accounts.list().elements.map(\.username)
        #expect(Set(names) == ["admin", "verified", "young"])
        for table in ["sessions", "refresh_tokens", "conversations", "messages", "jobs"] {
            #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM \(table)") } == 0, "\(table)")
        }
    }

    @Test func `the deletion of an account leaves nothing but the job that does it`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account(isVerified: true)
        let other = try await fixture.account("other")
        for person in [account, other] {
            try await fixture.finish(try await fixture.ask(by: person.id))
            _ = try await fixture.store.files.create(
                account: person.id, name: "export", contentType: "x", content: Data([1]), expiresAt: fixture.time(10))
            _ = try await fixture.store.mails.create(
                NewMail(accountID: person.id, purpose: "x", recipient: person.email, job: fixture.job("send_mail")))
        }
        var deletion = fixture.job("delete_account")
        deletion.accountID = account.id
        _ = try await fixture.store.jobs.create(deletion)
        while try await fixture.store.housekeeping.removeAccount(account.id, limit: 2).rows > 0 {}
        #expect(try await fixture.store.accounts.find(account.id) == nil)
        #expect(try await fixture.store.jobs.list(JobFilter(accountID: account.id)).elements.map(\.id) == [deletion.id])
        for table in ["conversations", "files", "mails"] {
            #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM \(table)") } == 1, "\(table)")
        }
        #expect(try await fixture.store.read { try $0.count("SELECT COUNT(*) FROM messages") } == 2)
    }

    @Test func `what has expired goes, and what lives stays`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        _ = try await fixture.session(of: account)
        let key = IdempotencyKey(route: "chat", key: "k", bodyHash: "b")
        guard
            case .accepted(let job) = try await fixture.store.chat.submit(
                fixture.question(by: account.id, key: key), at: fixture.start)
        else { throw Unexpected("not accepted") }
        try await fixture.finish(job)
        try await fixture.ask(by: account.id)
        func remove(after days: Double) async throws -> Int {
            let now = fixture.time(days * 86_400)
            return try await fixture.store.housekeeping.removeExpired(
                jobsFinishedBefore: now.addingTimeInterval(-7 * 86_400), at: now)
        }
        #expect(try await remove(after: 0.9) == 0)
        #expect(try await remove(after: 1.1) == 1)
        #expect(try await remove(after: 7.1) == 1)
        #expect(try await remove(after: 12) == 2)
        #expect(try await remove(after: 12) == 0)
        #expect(try await fixture.store.jobs.find(job.id) == nil)
        #expect(try await fixture.store.jobs.counts() == [.queued: 1])
        #expect(
            try await fixture.store.chat.message(require(job.responseID), of: account.id)?.status == .succeeded)
    }
}

struct StatisticsTests {
    @Test func `figures are those of the tables and points come back`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account(isVerified: true)
        try await fixture.account("old", at: fixture.time(-8 * 86_400))
        _ = try await fixture.session(of: account)
        try await fixture.finish(try await fixture.ask(by: account.id))
        try await fixture.ask(by: account.id)
        let document = try await fixture.document()
        _ = try await fixture.store.chunks.replace(of: document.id, text: "t", with: fixture.chunks("a", "b"))
        let snapshot = try await fixture.store.statistics.storePoint(at: fixture.time(1))
        let users = snapshot.users
        #expect(users.total == 2 && users.verified == 1 && users.active24h == 1 && users.new7d == 1)
        let conversations = snapshot.conversations
        #expect(conversations.total == 2 && conversations.active24h == 2 && conversations.new7d == 2)
        let messages = snapshot.messages
        #expect(messages.total == 4 && messages.user == 2 && messages.assistant == 2 && messages.last24h == 4)
        #expect(snapshot.jobs.total == 3 && snapshot.jobs.unfinished == 2 && snapshot.jobs.succeeded == 1)
        #expect(snapshot.knowledge.documents == 1 && snapshot.knowledge.chunksWithoutVector == 2)
        let points = try await fixture.store.statistics.points(since: fixture.start)
        #expect(points.map(\.at) == [fixture.time(1)] && points.map(\.snapshot) == [snapshot])
        #expect(try await fixture.store.statistics.points(since: fixture.time(2)).isEmpty)
        #expect(try await fixture.store.statistics.removePoints(before: fixture.time(2)) == 1)
    }
}

struct MailsTests {
    private func mail(_ account: Account, _ fixture: Fixture) -> NewMail {
        NewMail(
            accountID: account.id, purpose: "verification", recipient: account.email,
            job: fixture.job("send_mail", key: "mail:\(account.id):verification"))
    }

    @Test func `one unsent mail an account and purpose, and a pause between two`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let mails = fixture.store.mails
        guard case .created(let id, let job) = try await mails.create(mail(account, fixture), at: fixture.start) else {
            throw Unexpected("not created")
        }
        guard
            case .tooSoon = try await mails.create(
                mail(account, fixture), pause: .seconds(60), at: fixture.time(59))
        else { throw Unexpected("too soon, yet accepted") }
        guard
            case .standing(let standing) = try await mails.create(
                mail(account, fixture), pause: .seconds(60), at: fixture.time(61))
        else { throw Unexpected("a second unsent mail") }
        #expect(standing.id == job.id)
        #expect(try await mails.beginAttempt(id)?.attempts == 1)
        try await mails.markFailed(id, answer: "421 try later", isFinal: false)
        #expect(try await mails.list(status: .queued).elements.first?.lastAnswer == "421 try later")
        #expect(try await mails.beginAttempt(id)?.attempts == 2)
        try await mails.markSent(id, answer: "250 ok", at: fixture.time(70))
        #expect(try await mails.beginAttempt(id) == nil)
        try await mails.markFailed(id, answer: "late", isFinal: true)
        #expect(try await mails.find(id)?.status == .sent)
        _ = try await fixture.store.jobs.end(job.id, fence: nil, as: .succeeded)
        guard case .created = try await mails.create(mail(account, fixture), pause: .seconds(60), at: fixture.time(71))
        else { throw Unexpected("not created again") }
        #expect(try await mails.list().elements.count == 2)
    }
}

struct SmallStateTests {
    @Test func `a lease has one holder until it is over or given up`() async throws {
        let fixture = try Fixture()
        let leases = fixture.store.leases
        let other = try fixture.anotherStore().leases
        #expect(try await leases.take("reconcile", holder: "a", for: .seconds(10), at: fixture.start))
        #expect(try await !other.take("reconcile", holder: "b", for: .seconds(10), at: fixture.time(9)))
        #expect(try await leases.take("reconcile", holder: "a", for: .seconds(10), at: fixture.time(9)))
        #expect(try await !other.take("reconcile", holder: "b", for: .seconds(10), at: fixture.time(18)))
        #expect(try await other.take("reconcile", holder: "b", for: .seconds(10), at: fixture.time(19)))
        try await leases.release("reconcile", holder: "a")
        #expect(try await !leases.take("reconcile", holder: "a", for: .seconds(10), at: fixture.time(20)))
        try await other.release("reconcile", holder: "b")
        #expect(try await leases.take("reconcile", holder: "a", for: .seconds(10), at: fixture.time(20)))
    }

    @Test func `of many takers one gets a lease`() async throws {
        let fixture = try Fixture()
        let stores = [fixture.store, try fixture.anotherStore()]
        let holders = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try await stores[number % 2].leases.take(
                        "x", holder: "\(number)", for: .seconds(10), at: fixture.start)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(holders == 1)
    }

    @Test func `the audit log is read newest first by account and action`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let audit = fixture.store.audit
        for number in 0..<5 {
            try await audit.append(
                action: number == 2 ? "role.change" : "sign_in", account: number < 3 ? account.id : nil, ip: "::1",
                requestID: "r\(number)", at: fixture.time(Double(number)))
        }
        #expect(try await audit.list().elements.map(\.requestID) == ["r4", "r3", "r2", "r1", "r0"])
        #expect(try await audit.list(account: account.id, action: "sign_in").elements.map(\.requestID) == ["r1", "r0"])
        let page = try await audit.list(limit: 2)
        #expect(try await audit.list(limit: 9, cursor: page.next).elements.map(\.requestID) == ["r2", "r1", "r0"])
    }

    @Test func `shared values are set, replaced and removed`() async throws {
        let fixture = try Fixture()
        let values = fixture.store.values
        #expect(try await values.value(of: "signature") == nil)
        try await values.set("signature", to: "one")
        try await values.set("signature", to: "two")
        #expect(try await values.value(of: "signature") == "two")
        try await values.remove("signature")
        #expect(try await values.value(of: "signature") == nil)
    }

    @Test func `files belong to their account and expire`() async throws {
        let fixture = try Fixture()
        let account = try await fixture.account()
        let other = try await fixture.account("other")
        let files = fixture.store.files
        let id = try await files.create(
            account: account.id, name: "export.json", contentType: "application/json", content: Data("{}".utf8),
            expiresAt: fixture.time(10), at: fixture.start)
        #expect(try await files.find(id, of: account.id, at: fixture.start)?.name == "export.json")
        #expect(try await files.find(id, of: other.id, at: fixture.start) == nil)
        #expect(try await files.find(id, of: account.id, at: fixture.time(10)) == nil)
    }

    @Test func `evaluations are listed newest first`() async throws {
        let fixture = try Fixture()
        try await fixture.store.evaluations.append(name: "dev", report: "{}", at: fixture.start)
        #expect(try await fixture.store.evaluations.list().map(\.name) == ["dev"])
    }
}

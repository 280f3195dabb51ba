import Foundation
import Identifiers
import Jobs
import Queue
import Store
import TestSupport
import Testing
import Worker

@Suite struct HousekeepingTests {
    private let now = Date()

    private func handle(
        _ fixture: Fixture, _ tasks: [CleanupTask], batch: Int = 500
    ) async throws -> [String: Any] {
        let work = RunHousekeeping(entry: "test", tasks: tasks)
        let job = try await fixture.create(work)
        let handler = HousekeepingHandler(
            run: fixture.run,
            retention: .init(conversationDays: 30, unverifiedDays: 7, jobs: .seconds(7 * 86_400)), batch: batch,
            now: { now })
        try await handler.handle(work, fixture.attempt(job))
        let ended = try await fixture.found(job)
        #expect(ended.status == .succeeded)
        let result = try JSONSerialization.jsonObject(with: Data((ended.result ?? "").utf8))
        return try #require(result as? [String: Any])
    }

    private func finish(_ job: TrackedJob, _ fixture: Fixture, at time: Date) async throws {
        _ = try await fixture.store.jobs.claim(job.id, attempt: 1, fence: 1, at: time)
        _ = try await fixture.store.chat.finishAnswer(
            job.id, fence: 1, text: "A bird.", outcome: "answered", sources: "[]", usage: nil, at: time)
    }

    @Test func `stale conversations go in small batches until none is left`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.account(isVerified: true).id
        let old = now.addingTimeInterval(-31 * 86_400)
        for _ in 1...12 { try await finish(try await fixture.ask(by: account, at: old), fixture, at: old) }
        let pinned = try await fixture.ask(by: account, at: old)
        try await finish(pinned, fixture, at: old)
        _ = try await fixture.store.conversations.set(
            try #require(pinned.conversationID), of: account, isPinned: true)
        let recent = try await fixture.ask(by: account)
        // Batches of four rows: each conversation has three.
        let result = try await handle(fixture, [.conversations], batch: 4)
        #expect(result["deleted"] as? Int == 12)
        let left = try await fixture.store.conversations.list(of: account).elements.map(\.id)
        #expect(Set(left) == Set([pinned.conversationID, recent.conversationID].compactMap(\.self)))
        #expect(try await handle(fixture, [.conversations])["deleted"] as? Int == 0)
    }

    @Test func `accounts that never verified go, administrators and the verified stay`() async throws {
        let fixture = try await Fixture()
        let old = now.addingTimeInterval(-8 * 86_400)
        for number in 1...5 {
            let account = try await fixture.account("late\(number)", at: old)
            try await finish(try await fixture.ask(by: account.id, at: old), fixture, at: old)
        }
        try await fixture.account("verified", isVerified: true, at: old)
        try await fixture.account("young")
        let result = try await handle(fixture, [.users], batch: 2)
        #expect(result["deleted"] as? Int == 5)
        #expect(try await fixture.store.accounts.list().elements.map(\.username).sorted() == ["verified", "young"])
        #expect(try await fixture.store.statistics.snapshot().messages.total == 0)
    }

    @Test func `all tasks report their parts, and a point is stored`() async throws {
        let fixture = try await Fixture()
        let result = try await handle(fixture, CleanupTask.allCases)
        #expect(result["deleted"] as? Int == 0)
        let tasks = try #require(result["tasks"] as? [String: Any])
        #expect(tasks.keys.sorted() == CleanupTask.allCases.map(\.rawValue).sorted())
        #expect(try await fixture.store.statistics.points(since: Date(timeIntervalSince1970: 0)).count == 1)
    }

    @Test func `statistics are stored by a job of their own`() async throws {
        let fixture = try await Fixture()
        let job = try await fixture.create(StoreStatistics())
        try await StatisticsHandler(run: fixture.run).handle(StoreStatistics(), fixture.attempt(job))
        #expect(try await fixture.found(job).status == .succeeded)
        #expect(try await fixture.store.statistics.points(since: Date(timeIntervalSince1970: 0)).count == 1)
    }

    @Test func `the newest seven backups are kept, each one sound`() async throws {
        let fixture = try await Fixture()
        try await fixture.account()
        let folder = fixture.folder.file("backups")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Left by a worker that was killed; seen from 2027, where the copies are made, it is old.
        try fixture.folder.write("half a copy", to: "backups/tern-20261124T010000Z.sqlite3.partial")
        for day in 0..<9 {
            let job = try await fixture.create(BackupDatabase())
            let time = Date(timeIntervalSince1970: 1_800_000_000 + Double(day) * 86_400)
            let handler = BackupHandler(run: fixture.run, folder: folder, now: { time })
            try await handler.handle(BackupDatabase(), fixture.attempt(job))
            #expect(try await fixture.found(job).status == .succeeded)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count == 7)
        #expect(names.first == "tern-20270117T080000Z.sqlite3")
        for name in names { try Store.verify(path: "\(folder)/\(name)") }
        let copy = try Store.open(path: "\(folder)/\(try #require(names.last))")
        #expect(try await copy.accounts.list().elements.count == 1)
    }
}

import Foundation
import Identifiers
import Logging
import Queue
import TestSupport
import Testing

@Suite struct SchedulerTests {
    private let start = Date(timeIntervalSince1970: 1_767_225_600)

    private func entry(
        _ line: String = "0 * * * *", catchUp: ScheduledEntry.CatchUp = .latest,
        overlap: ScheduledEntry.Overlap = .queue,
        lastFire: Date? = nil
    ) throws -> ScheduledEntry {
        ScheduledEntry(
            name: "hourly", recurrence: try Recurrence(line), catchUp: catchUp, overlap: overlap, lastFire: lastFire
        ) { tick, id in try NewJob(Note(text: tick.ISO8601Format()), id: id) }
    }

    private func scheduler(
        _ fixture: Fixture, _ entry: ScheduledEntry, leadership: Duration = .seconds(10),
        willFire: @escaping Scheduler.WillFire = { _, _, _ in true }
    ) -> Scheduler {
        Scheduler(
            queue: fixture.queue, entries: { [entry] }, willFire: willFire,
            configuration: .init(leadership: leadership),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func fired(_ fixture: Fixture) async throws -> [String] {
        var texts: [String] = []
        for summary in try await fixture.queue.list(state: .ready) {
            let job = try #require(try await fixture.queue.job(summary.id))
            texts.append(try Note.decoded(payload: job.payload).text)
        }
        return texts
    }

    @Test func `an entry seen for the first time fires from its next tick on`() async throws {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry())
        #expect(try await scheduler.fireDue(at: start + 60) == start + 3600)
        #expect(try await fired(fixture).isEmpty)
        try await scheduler.fireDue(at: start + 3600)
        try await scheduler.fireDue(at: start + 3605)
        #expect(try await fired(fixture) == ["2026-01-01T01:00:00Z"])
    }

    @Test func `two schedulers fire a tick once`() async throws {
        let fixture = try await Fixture()
        let entry = try entry()
        let schedulers = (0..<5).map { _ in scheduler(fixture, entry) }
        let tick = start + 3600
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for scheduler in schedulers { group.addTask { try await scheduler.fire(entry, tick: tick) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        #expect(try await fired(fixture).count == 1)
        #expect(try await schedulers[0].fire(entry, tick: tick - 3600) == false)
    }

    @Test(arguments: [
        (ScheduledEntry.CatchUp.none, [] as [String]), (.latest, ["2026-01-01T03:00:00Z"]),
        (.all, ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z", "2026-01-01T03:00:00Z"]),
    ])
    func `ticks missed in an outage follow the policy`(policy: ScheduledEntry.CatchUp, expected: [String]) async throws
    {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry(catchUp: policy))
        try await scheduler.fireDue(at: start)
        try await scheduler.fireDue(at: start + 3 * 3600 + 900)
        try await scheduler.fireDue(at: start + 3 * 3600 + 905)
        #expect(try await fired(fixture) == expected)
        let status = try await fixture.queue.scheduler()
        #expect(status.entries.first?.lastFire == start + 3 * 3600)
        #expect(status.entries.first?.nextFire == start + 4 * 3600)
    }

    @Test func `a tick that is a little late fires under every policy`() async throws {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry(catchUp: .none))
        try await scheduler.fireDue(at: start)
        try await scheduler.fireDue(at: start + 3630)
        #expect(try await fired(fixture).count == 1)
    }

    @Test func `a year of a minute-by-minute entry is caught up without delay`() async throws {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry("* * * * *", catchUp: .all))
        try await scheduler.fireDue(at: start)
        let began = ContinuousClock.now
        try await scheduler.fireDue(at: start + 365 * 86_400)
        #expect(try await fixture.queue.queues().first?.depth == 100)
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test func `a tick is skipped while the job before it is unfinished`() async throws {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry(overlap: .skip))
        try await scheduler.fireDue(at: start)
        try await scheduler.fireDue(at: start + 3600)
        try await scheduler.fireDue(at: start + 7200)
        #expect(try await fired(fixture) == ["2026-01-01T01:00:00Z"])
        let job = try #require(try await fixture.queue.list(state: .ready).first)
        _ = try await fixture.queue.cancel(job.id)
        try await scheduler.fireDue(at: start + 3 * 3600)
        #expect(try await fired(fixture) == ["2026-01-01T03:00:00Z"])
    }

    @Test func `what the Store remembers counts after Redis forgot`() async throws {
        let fixture = try await Fixture()
        let scheduler = scheduler(fixture, try entry(lastFire: start + 3600))
        try await scheduler.fireDue(at: start + 3700)
        #expect(try await fired(fixture).isEmpty)
        try await scheduler.fireDue(at: start + 7200)
        #expect(try await fired(fixture) == ["2026-01-01T02:00:00Z"])
    }

    @Test func `a tick that the Store knows is not enqueued again`() async throws {
        let fixture = try await Fixture()
        let entry = try entry()
        let scheduler = scheduler(fixture, entry) { _, _, _ in false }
        #expect(try await scheduler.fire(entry, tick: start) == false)
        #expect(try await fired(fixture).isEmpty)
    }

    @Test func `one of two beats leads and the other takes its place`() async throws {
        let fixture = try await Fixture()
        let entry = try entry()
        let scheduler = scheduler(fixture, entry)
        #expect(try await scheduler.lead("one", for: .seconds(10)))
        #expect(try await !scheduler.lead("two", for: .seconds(10)))
        #expect(try await scheduler.lead("one", for: .milliseconds(100)))
        try await eventually("the change", isTrue: { try await scheduler.lead("two", for: .seconds(10)) })
        #expect(try await fixture.queue.scheduler().leader == "two")
        #expect(try await fixture.queue.scheduler().heartbeats.keys.sorted() == ["one", "two"])
        _ = try await scheduler.lead("two", for: .zero)
        #expect(try await fixture.queue.scheduler().leader == nil)
    }

    @Test func `running schedulers fire every second once and give their place up`() async throws {
        let fixture = try await Fixture()
        let entry = try entry("@every 1s", catchUp: .all)
        let ran = Log()
        var handlers = Handlers()
        handlers.on(Note.self) { note, _ in ran.add(note.text) }
        try await fixture.running(
            scheduler(fixture, entry), scheduler(fixture, entry), fixture.runner(handlers)
        ) {
            try await eventually("three ticks", isTrue: { ran.all.count >= 3 })
        }
        #expect(Set(ran.all).count == ran.all.count)
        #expect(try await fixture.queue.scheduler().leader == nil)
    }

    @Test func `a tick has the same job id everywhere`() {
        let id = ScheduledEntry.jobID(entry: "a", tick: start)
        #expect(id == ScheduledEntry.jobID(entry: "a", tick: start))
        #expect(id != ScheduledEntry.jobID(entry: "b", tick: start))
        #expect(id != ScheduledEntry.jobID(entry: "a", tick: start + 1))
        #expect(id.milliseconds == 1_767_225_600_000)
    }
}

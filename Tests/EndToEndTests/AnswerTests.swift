import Foundation
import Glibc
import TestSupport
import Testing

/// The whole of Tern, as `make up` runs it.
@Suite(.serialized) struct AnswerTests {
    static let question = "How do I back up Tern?"

    @Test func `a newcomer signs up, asks, and reads a right answer with its source`() async throws {
        let tern = try await TernInstance.start()
        let visitor = try await Visitor.signUp(tern)
        let answer = try await visitor.end(of: visitor.ask(Self.question))
        #expect(answer.status == "succeeded")
        #expect(answer.outcome == "answered")
        #expect(answer.response.contains("[1]"))
        #expect(answer.response.localizedCaseInsensitiveContains("backup"))
        #expect(answer.sources.first?["document_id"] != nil)

        let messages = try await visitor.messages(of: answer.conversation)
        #expect(messages.map { $0["role"] as? String } == ["user", "assistant"])
        #expect(messages.last?["content"] as? String == answer.response)
        #expect(try await tern.stop() == .exited(0))
    }

    @Test func `a worker killed in mid-answer changes nothing but the time it takes`() async throws {
        let tern = try await TernInstance.start()
        let visitor = try await Visitor.signUp(tern)
        _ = try await visitor.end(of: visitor.ask(Self.question))

        // An extractive answer takes a blink, so a burst of them is caught in the middle.
        var cutShort: [Job] = []
        var accepted: [Job] = []
        for _ in 0..<20 where cutShort.isEmpty {
            let burst = try await ask(visitor, times: 6)
            try await eventually(
                "an answer to begin", every: .milliseconds(1),
                isTrue: {
                    for job in burst where try await visitor.job(job.id).status != "queued" { return true }
                    return false
                })
            try tern.signal("worker", SIGKILL)
            for job in burst {
                let now = try await visitor.job(job.id)
                if now.status == "running" { cutShort.append(now) }
            }
            accepted += burst
            for job in burst { _ = try await visitor.end(of: job) }
        }
        #expect(!cutShort.isEmpty, "no kill came in the middle of an answer")
        try await expectOneAnswerEach(accepted, visitor)
        #expect(tern.log.contains("ended with signal KILL: restarting it"))
        try await tern.stop()
    }

    @Test func `a Redis that forgets everything in mid-flight loses no answer and no mail`() async throws {
        let tern = try await TernInstance.start()
        let visitor = try await Visitor.signUp(tern)
        _ = try await visitor.end(of: visitor.ask(Self.question))

        // With the worker held, both kinds wait in Redis alone when it is emptied.
        try await tern.quietWorkers()
        let waiting = try await ask(visitor, times: 3)
        let other = try await Visitor.signUp(tern)
        try await flush(tern)
        try tern.signal("worker", SIGCONT)
        // And again while they run.
        let running = try await ask(visitor, times: 3)
        try await flush(tern)

        for job in waiting + running {
            let end = try await visitor.end(of: job, within: .seconds(90))
            #expect(end.status == "succeeded")
        }
        try await expectOneAnswerEach(waiting + running, visitor)
        let mails = try await eventually("the mail to \(other.username)", within: .seconds(90)) {
            let mails = try Self.mails(of: tern, to: other.username)
            return mails.isEmpty ? nil : mails
        }
        #expect(mails.count == 1)
        try await tern.stop()
    }

    @Test func `killing any process changes nothing but the time it takes`() async throws {
        let tern = try await TernInstance.start(workers: 2)
        let visitor = try await Visitor.signUp(tern)
        for name in ["redis", "beat", "worker", "api"] {
            let job = try await visitor.ask(Self.question)
            let before = try tern.processes(name)
            #expect(!before.isEmpty)
            try tern.signal(name, SIGKILL)
            try await eventually(
                "\(name) to be restarted", within: .seconds(40), every: .milliseconds(100),
                isTrue: {
                    try tern.processes(name).count == before.count
                        && Set(try tern.processes(name)).isDisjoint(with: before)
                })
            let end = try await eventually("the api to answer", within: .seconds(40), every: .milliseconds(100)) {
                try? await visitor.end(of: job)
            }
            #expect(end.status == "succeeded")
        }
        try await tern.stop()
    }

    @Test func `what was asked before a stop is answered after the next start`() async throws {
        let tern = try await TernInstance.start()
        let visitor = try await Visitor.signUp(tern)
        try await tern.quietWorkers()
        let job = try await visitor.ask(Self.question)
        try tern.signal("worker", SIGKILL)
        let log = tern.log
        #expect(try await tern.stop(by: SIGTERM) == .exited(0))
        #expect(!log.contains("\"level\":\"critical\""))
        #expect(try tern.survivors().isEmpty)

        try await tern.startAgain()
        #expect(try await visitor.end(of: job).status == "succeeded")
        try await tern.stop()
    }

    private func ask(_ visitor: Visitor, times: Int) async throws -> [Job] {
        try await withThrowingTaskGroup(of: Job.self) { group in
            for _ in 0..<times { group.addTask { try await visitor.ask(Self.question) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Each conversation holds the question once and one finished answer, the one that the job shows.
    private func expectOneAnswerEach(_ jobs: [Job], _ visitor: Visitor) async throws {
        for job in jobs {
            let end = try await visitor.job(job.id)
            let messages = try await visitor.messages(of: job.conversation)
            #expect(end.status == "succeeded")
            #expect(messages.map { $0["role"] as? String } == ["user", "assistant"])
            #expect(messages.last?["content"] as? String == end.response)
            #expect(end.response.components(separatedBy: "[1]").count >= 2)
        }
    }

    private func flush(_ tern: TernInstance) async throws {
        let result = try await ChildProcess.run("redis-cli", ["-s", tern.dataFile("redis.sock"), "FLUSHALL"])
        #expect(result.output == "OK\n")
    }

    private static func mails(of tern: TernInstance, to username: String) throws -> [String] {
        let folder = tern.dataFile("mail")
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".eml") }.filter {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8).contains("\(username)@example.com")
        }
    }
}

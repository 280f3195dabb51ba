import Queue
import Testing
import Worker

@Suite struct WorkerOptionsTests {
    @Test func `without options every queue is served by its weight`() throws {
        guard case .run(let options) = try WorkerOptions.parse([]) else {
            Issue.record("not a run")
            return
        }
        #expect(options == .standard)
        #expect(options.concurrency == 64)
        #expect(options.queues.contains(QueueWeight("answers", weight: 6)))
        #expect(options.queues.contains(QueueWeight("embedding", weight: 2, limit: 1)))
    }

    @Test func `queues, weights, limits and slots can be chosen, in either form`() throws {
        let parsed = try WorkerOptions.parse([
            "--queues", "answers=3,mail", "--concurrency=8", "--limit", "mail=2",
        ])
        #expect(
            parsed
                == .run(
                    WorkerOptions(
                        queues: [QueueWeight("answers", weight: 3), QueueWeight("mail", weight: 1, limit: 2)],
                        concurrency: 8)))
    }

    @Test(arguments: [
        (["--queue", "x"], WorkerOptionsError.unknown("--queue")),
        (["--queues"], .missingValue("--queues")),
        (["--queues", "letters=1"], .unknownQueue("letters")),
        (["--queues", "mail=0"], .malformed("--queues", "mail=0")),
        (["--concurrency", "many"], .malformed("--concurrency", "many")),
        (["--limit", "mail"], .malformed("--limit", "mail")),
    ])
    func `a mistake is told in one line`(arguments: [String], expected: WorkerOptionsError) {
        #expect(throws: expected) { try WorkerOptions.parse(arguments) }
        #expect(!expected.description.contains("\n"))
    }

    @Test func `help and version are answered`() throws {
        #expect(try WorkerOptions.parse(["--help"]) == .help)
        #expect(try WorkerOptions.parse(["--version"]) == .version)
    }
}

import Identifiers
import Jobs
import Queue
import Testing

@Suite struct JobCatalogueTests {
    @Test func `kinds are permanent and distinct, and every queue has a weight`() {
        let kinds = (JobCatalogue.tracked + JobCatalogue.untracked).map { $0.kind }
        #expect(
            kinds == [
                "generate_answer", "make_title", "send_mail", "ingest_document", "embed_chunks", "delete_document",
                "refresh_knowledge", "housekeeping", "statistics", "backup", "search",
            ])
        #expect(Set(kinds).count == kinds.count)
        #expect(JobQueues.defaultWeights.map(\.name).sorted() == JobQueues.all.sorted())
        for kind in kinds { #expect(JobQueues.all.contains(JobCatalogue.policy(ofKind: kind)?.queue ?? "")) }
        #expect(JobCatalogue.policy(ofKind: "unheard_of") == nil)
    }

    @Test func `the policy of every kind is the documented one`() {
        #expect(GenerateAnswer.policy.maximumAttempts == 5)
        #expect(GenerateAnswer.policy.timeLimit == .seconds(120))
        #expect(MakeTitle.policy.priority == .low)
        #expect(SendMail.policy.maximumAttempts == 10)
        #expect(IngestDocument.policy.timeLimit == .seconds(600))
        #expect(RunHousekeeping.policy.maximumAttempts == 3)
        #expect(!SearchKnowledge.policy.isTracked && SearchKnowledge.policy.priority == .high)
        for (attempt, pause) in [(1, 1), (2, 2), (3, 5), (4, 10)] {
            let verdict = GenerateAnswer.policy.backoff.verdict(
                attempt: attempt, error: CancellationError(), chance: 0)
            #expect(verdict == .retry(after: .seconds(pause)))
        }
    }

    @Test func `payloads keep their form, so that old ones decode`() throws {
        func text(_ job: some Job) throws -> String { String(decoding: try job.encodedPayload(), as: UTF8.self) }
        #expect(try text(GenerateAnswer(messageID: "m")) == #"{"message_id":"m"}"#)
        #expect(try text(MakeTitle(conversationID: "c")) == #"{"conversation_id":"c"}"#)
        #expect(try text(SendMail(mailID: "m")) == #"{"mail_id":"m"}"#)
        #expect(try text(IngestDocument(documentID: "d")) == #"{"document_id":"d"}"#)
        let work = try RunHousekeeping.decoded(
            payload: Array(#"{"entry":"all","tasks":["conversations","messages","users","stats"]}"#.utf8))
        #expect(work.tasks == CleanupTask.allCases)
    }

    @Test func `a row of the Store becomes the job that was written`() throws {
        let id = JobID.make()
        let job = try #require(
            JobCatalogue.job(ofKind: "send_mail", payload: #"{"mail_id":"m"}"#, id: id, account: "a"))
        #expect(job.id == id && job.kind == SendMail.kind && job.policy.queue == JobQueues.mail)
        #expect(JobCatalogue.job(ofKind: "unheard_of", payload: "{}", id: id, account: nil) == nil)
    }

    @Test func `every chore has a job, and one name has one key`() {
        for name in Chores.names { #expect(Chores.job(named: name) != nil) }
        #expect(Chores.job(named: "reconcile") == nil)
        #expect((Chores.job(named: "weekly_cleanup") as? RunHousekeeping)?.tasks == [.conversations])
        #expect(Set(Chores.names.map(Chores.uniqueKey)).count == Chores.names.count)
    }
}

import Logging
import Identifiers
package import Assistant
import FoundationEssentials
package import Jobs
package import Queue
import Store

/// Answers a question: history → retrieval → model → feed, with a checkpoint each second and one final transaction.
package struct GenerateAnswerHandler: Sendable {
    /// Makes an answer; the answerer, or a stand-in of the tests.
    package typealias Answering =
        @Sendable (_ question: String, _ history: [Turn]) async throws -> AsyncThrowingStream<AnswerEvent, any Error>

    let run: TrackedRun
    let answering: Answering
    let pace: FeedWriter.Pace
    /// The least time between two checkpoints.
    let checkpointPause: Duration

    package init(
        run: TrackedRun, pace: FeedWriter.Pace = FeedWriter.Pace(), checkpointPause: Duration = .seconds(1),
        answering: @escaping Answering
    ) {
        self.run = run
        self.answering = answering
        self.pace = pace
        self.checkpointPause = checkpointPause
    }

    package func handle(_ job: GenerateAnswer, _ attempt: Attempt) async throws {
        guard let row = try await run.claim(attempt) else { return }
        let writer = FeedWriter(
            feed: run.feed, id: attempt.id, fence: attempt.fence, attempt: attempt.number, pace: pace,
            logger: run.logger)
        do {
            try await writer.enter(stage: AnswerStage.retrieving.rawValue)
            let finished = try await follow(row, attempt, writer)
            try await finish(finished, row, attempt, writer)
        } catch is CancelledByOwner {
            // Redis lost the request, the Store did not.
            try? await writer.finish()
            if try await run.store.jobs.end(attempt.id, fence: attempt.fence, as: .cancelled) != nil {
                await run.tell([.done], attempt)
            }
        } catch is FeedSuperseded {
            // A newer attempt has the job: nothing of this one counts, and nothing is left to do but acknowledge. The
            // Store has the last word, so that no job is given up for a feed that says otherwise.
            if try await holds(attempt) { throw FeedSuperseded() }
        } catch {
            // Cancelled, out of time or failed: what there is of the text is kept. Not to be cut short by the
            // cancellation itself.
            await Task { await keepText(attempt, writer) }.value
            throw error
        }
    }

    /// Passes the answer on as it comes into being, and returns it when it is complete.
    private func follow(_ row: TrackedJob, _ attempt: Attempt, _ writer: FeedWriter) async throws -> FinishedAnswer {
        guard let questionID = row.messageID, let branch = try await question(questionID) else {
            throw Unrecoverable("the question is gone", code: "not_found")
        }
        let clock = ContinuousClock()
        var lastCheckpoint = clock.now
        for try await event in try await answering(branch.question, branch.history) {
            try Task.checkCancellation()
            switch event {
            case .stage(let stage):
                try await writer.enter(stage: stage.rawValue)
            case .sources(let sources):
                try await writer.tell(sources: json(sources))
            case .delta(let text):
                try await writer.append(delta: text)
                guard lastCheckpoint.duration(to: clock.now) >= checkpointPause else { continue }
                try await checkpoint(attempt, writer)
                lastCheckpoint = clock.now
            case .finished(let answer):
                return answer
            }
        }
        try Task.checkCancellation()
        throw IncompleteAnswer()
    }

    private func question(_ id: MessageID) async throws -> (question: String, history: [Turn])? {
        var branch = try await run.store.chat.branch(endingAt: id, limit: 40)
        guard let question = branch.popLast() else { return nil }
        let history = branch.filter { !$0.content.isEmpty }.map { message in
            Turn(message.role == .user ? .user : .assistant, message.content)
        }
        return (question.content, history)
    }

    private func holds(_ attempt: Attempt) async throws -> Bool {
        guard let row = try await run.store.jobs.find(attempt.id) else { return false }
        return row.fence == attempt.fence && !row.status.isTerminal
    }

    /// Writes the text so far; hears at the same time whether the job is still this attempt's.
    private func checkpoint(_ attempt: Attempt, _ writer: FeedWriter) async throws {
        try await writer.flush()
        let checkpoint = Checkpoint(
            jobID: attempt.id, fence: attempt.fence, text: await writer.text, eventID: await writer.lastEventID)
        switch try await run.store.jobs.checkpoint([checkpoint]).first {
        case .written: return
        case .cancelling: throw CancelledByOwner()
        case .lost, nil: throw FeedSuperseded()
        }
    }

    private func finish(
        _ answer: FinishedAnswer, _ row: TrackedJob, _ attempt: Attempt, _ writer: FeedWriter
    ) async throws {
        try await writer.enter(stage: "saving")
        let title = try row.conversationID.map { conversation in
            try NewTrackedJob(
                MakeTitle(conversationID: conversation.description), account: row.accountID,
                uniqueKey: "\(MakeTitle.kind):\(conversation)")
        }
        let sources = try json(answer.sources)
        let end = try await run.store.chat.finishAnswer(
            row.id, fence: attempt.fence, text: answer.text, outcome: answer.outcome.rawValue, sources: sources,
            usage: try json(answer.usage), titleJob: title)
        guard let end else { throw FeedSuperseded() }
        try await writer.finish()
        await run.tell([.sources(sources), .done], attempt)
        if let title = end.titleJob { await run.enqueue(title) }
    }

    private func keepText(_ attempt: Attempt, _ writer: FeedWriter) async {
        try? await writer.finish()
        let text = await writer.text
        guard !text.isEmpty else { return }
        let checkpoint = Checkpoint(
            jobID: attempt.id, fence: attempt.fence, text: text, eventID: await writer.lastEventID)
        do { _ = try await run.store.jobs.checkpoint([checkpoint]) } catch {
            run.logger.warning("text not kept", metadata: ["job.id": "\(attempt.id)", "error": "\(error)"])
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

/// The Store says that the owner wants no answer any more.
struct CancelledByOwner: Error {}

/// The stream of an answer ended before the answer did.
struct IncompleteAnswer: Error, CustomStringConvertible {
    var description: String { "the answer ended in the middle" }
}

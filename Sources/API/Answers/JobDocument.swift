import Identifiers
import Jobs
import Store

/// A job as the API shows it: the Store's row, and while it is unfinished what Redis knows beyond it.
///
/// A class, so that the frames of a request that waits for the job's next change hold a pointer each.
final class JobDocument: Sendable {
    let job: TrackedJob
    /// The final text, or the text so far.
    let response: String?
    /// JSON.
    let sources: String?
    let usage: String?
    let stage: String?
    let place: QueuePlace?
    /// Grows with every visible change. The lowest bit tells the end, so that a job that ends within a millisecond of its
    /// last step can't be taken for unchanged.
    let version: Int64

    init(
        _ job: TrackedJob, response stored: String? = nil, sources: String? = nil, usage: String? = nil,
        feed: FeedSnapshot? = nil, place: QueuePlace? = nil
    ) {
        self.job = job
        self.usage = usage
        self.place = place
        if job.status.isTerminal {
            response = stored
            self.sources = sources
            stage = nil
            version = job.version * 2 + 1
        } else {
            response = feed.flatMap { $0.text.isEmpty ? nil : $0.text } ?? stored
            self.sources = feed?.sources ?? sources
            stage = job.status == .running ? feed?.stage ?? job.stage : nil
            version = max(job.version, feed?.version ?? 0) * 2
        }
    }

    var isTerminal: Bool { job.status.isTerminal }

    var path: String { "/api/jobs/\(job.id)" }
}

extension JobDocument {
    /// Writes the members; `since` adds the text after a place.
    func write(to json: inout JSONWriter, since place: TextPlace? = nil) {
        json.member("job_id", job.id)
        json.member("kind", job.kind)
        json.member("status", job.status.rawValue)
        json.member("stage", stage)
        json.member("conversation_id", job.conversationID)
        json.member("message_id", job.messageID)
        json.member("response_id", job.responseID)
        json.member("outcome", job.outcome)
        writeText(to: &json, since: place)
        json.member("sources", raw: (sources ?? "[]").utf8)
        json.member("usage", raw: usage?.utf8)
        writeProgress(to: &json)
        writeError(to: &json)
        if job.conversationID == nil { json.member("result", raw: job.result?.utf8) }
        json.member("created_at", job.createdAt)
        json.member("started_at", job.startedAt)
        json.member("finished_at", job.finishedAt)
        json.member("version", version)
        json.object("links") { json in
            json.member("self", path)
            json.member("events", "\(path)/events")
            json.member("cancel", "\(path)/cancel")
            json.member("conversation", job.conversationID.map { "/api/conversations/\($0)" })
        }
    }

    private func writeText(to json: inout JSONWriter, since place: TextPlace?) {
        json.member("response", response)
        json.member("response_html", response.map(MarkdownRenderer.html))
        guard let place else { return }
        let text = response ?? ""
        let (delta, isContinuation) = place.textAfter(in: text)
        json.member("delta", delta)
        json.member("reset", !isContinuation)
        json.member("next", TextPlace(endOf: text).description)
    }

    private func writeProgress(to json: inout JSONWriter) {
        json.member("queue", place)
        json.member("attempt", job.attempt)
        json.member("max_attempts", job.maximumAttempts)
        json.member("next_attempt_at", job.nextAttemptAt)
    }

    /// The error of a job that ended badly or waits for its next attempt; a running one has left its error behind.
    private func writeError(to json: inout JSONWriter) {
        let shows = job.status == .retrying || isTerminal
        json.member("error", raw: shows ? job.error?.utf8 : nil)
    }
}

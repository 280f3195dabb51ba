package import FoundationEssentials
package import Jobs
package import Queue

/// Why a job failed, in words for its owner: what the Store keeps as a job's error.
package struct JobFault: Codable, Sendable, Equatable {
    package var code: String
    package var title: String
    package var detail: String?
    package var retryable: Bool
    /// The attempt that failed.
    package var attempt: Int
    /// RFC 3339.
    package var at: String

    package init(_ failure: JobFailure, attempt: Int, at time: Date) {
        code = failure.code
        title = Self.titles[failure.code] ?? "The job failed."
        // The message of an unforeseen error is for the log: it may name files or statements.
        detail = failure.code == "failed" ? nil : failure.message
        retryable = !Self.final.contains(failure.code)
        self.attempt = attempt
        at = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time)
    }

    package var json: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? #"{"code":"failed"}"#
    }

    package var feedEvent: FeedEvent {
        .failure(FeedFailure(code: code, title: title, detail: detail, retryable: retryable))
    }

    private static let titles = [
        "time_limit": "The job took too long.",
        "worker_died_repeatedly": "The job was given up because its worker died each time.",
        "malformed_payload": "The job could not be read.",
        "mail_refused": "The mail server refused the recipient.",
        "document_unreadable": "The document could not be read.",
        "not_found": "What the job was for is gone.",
        "provider_blocked": "The provider refused to answer.",
        "lost": "The job was lost.",
    ]

    /// Another try would fail the same way.
    private static let final: Set = [
        "malformed_payload", "mail_refused", "document_unreadable", "not_found", "provider_blocked",
    ]
}

import Jobs
import NIOCore

/// One event of `text/event-stream`; its data is one line of JSON.
struct ServerEvent: Sendable {
    let bytes: ByteBuffer

    /// Keeps the connection from looking dead.
    static let comment = ServerEvent(bytes: ByteBuffer(string: ": still here\n\n"))

    /// The first words of a stream: when to come back after a break, in milliseconds.
    static let retryInterval = ServerEvent(bytes: ByteBuffer(string: "retry: 1000\n\n"))

    private init(bytes: ByteBuffer) { self.bytes = bytes }

    private init(_ name: String, id: String, _ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 256)
        json.object(write)
        var data = json.buffer
        var bytes = ByteBuffer()
        bytes.writeString("event: \(name)\nid: \(id)\ndata: ")
        bytes.writeBuffer(&data)
        bytes.writeString("\n\n")
        self.bytes = bytes
    }

    static func status(_ status: JobStatusEvent, id: String) -> ServerEvent {
        ServerEvent("status", id: id) { json in
            json.member("status", status.status)
            json.member("stage", status.stage)
            json.member("queue", status.place)
            json.member("attempt", status.attempt)
            json.member("next_attempt_at", status.nextAttemptAt)
        }
    }

    static func delta(_ text: String, id: String) -> ServerEvent {
        ServerEvent("delta", id: id) { $0.member("text", text) }
    }

    /// - Parameter sources: a JSON array.
    static func sources(_ sources: String, id: String) -> ServerEvent {
        ServerEvent("sources", id: id) { $0.member("sources", raw: sources.withoutLineBreaks.utf8) }
    }

    static func reset(id: String) -> ServerEvent { ServerEvent("reset", id: id) { _ in } }

    static func failure(_ failure: FeedFailure, id: String) -> ServerEvent {
        ServerEvent("failure", id: id) { json in
            json.member("code", failure.code)
            json.member("title", failure.title)
            json.member("detail", failure.detail)
            json.member("retryable", failure.retryable)
        }
    }

    /// - Parameter error: a JSON object, as the Store keeps errors.
    static func failure(json error: String, id: String) -> ServerEvent {
        var bytes = ByteBuffer()
        bytes.writeString("event: failure\nid: \(id)\ndata: \(error.withoutLineBreaks)\n\n")
        return ServerEvent(bytes: bytes)
    }

    static func done(_ document: JobDocument, id: String) -> ServerEvent {
        ServerEvent("done", id: id) { document.write(to: &$0) }
    }
}

extension String {
    /// JSON may be broken into lines by whoever wrote it; between its tokens a blank is as good.
    fileprivate var withoutLineBreaks: String {
        utf8.contains { $0 == 0x0A || $0 == 0x0D }
            ? String(decoding: utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self) : self
    }
}

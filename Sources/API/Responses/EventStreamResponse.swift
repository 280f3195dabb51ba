import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// `text/event-stream` until the events end or the client goes.
    static func events(_ request: Request, _ begin: @escaping @Sendable () -> JobEvents) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform", .accelBuffering: "no",
        ]
        let body = ResponseBody { writer in
            try await writer.write(ServerEvent.retryInterval.bytes)
            do {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    var events = begin()
                    while let batch = try await events.next() {
                        try await writer.write(contentsOf: batch.map(\.bytes))
                    }
                }
            } catch is CancellationError {
                // The client is gone.
            } catch is Problem {
                // The job was deleted meanwhile; the reader comes back and is told by the status.
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

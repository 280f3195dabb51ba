import HTTPTypes
import Hummingbird
import NIOCore

/// A body that announces no length: read before the route, which may not look at it, so that none is endless.
enum ChunkedBody {
    /// Thrown when the rest of a body is not worth reading: the connection has no next request.
    struct Endless: Error {}

    /// How many times the limit is read and thrown away, so that most clients get to read their 413.
    private static let patience = 8

    /// The request with its body read, or as it is when its length was announced.
    ///
    /// - Throws: the problem for a body that is too long or broken, or ``Endless``.
    static func read(_ request: Request, limit: Int) async throws -> Request {
        guard request.headers[.transferEncoding] != nil else { return request }
        var buffer = ByteBuffer()
        var count = 0
        do {
            for try await part in request.body {
                count += part.readableBytes
                if count > limit * patience { throw Endless() }
                if count <= limit { buffer.writeImmutableBuffer(part) }
            }
        } catch let endless as Endless {
            throw endless
        } catch {
            throw Problem(readingBody: error, limit: limit)
        }
        if count > limit { throw Problem.payloadTooLarge(limit: limit) }
        var request = request
        request.body = RequestBody(buffer: buffer)
        return request
    }
}

extension Response {
    /// This answer, and then the end of the connection.
    func thenClosing() -> Response {
        var headers = headers
        headers[.connection] = "close"
        let content = body
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: content.contentLength) { writer in
                try await content.write(writer)
                throw ChunkedBody.Endless()
            })
    }
}

/// Sends requests over http and https by one thread of the process; connections are kept and shared.
///
/// Redirects are not followed and any status is an answer: `CurlError` is for transfers that failed.
public struct HTTPClient: Sendable {
    public init() {}

    /// The answer as soon as its headers are here; the body follows.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let transfer = try Transfer(request.handle(), limits: request.limits)
        let running = RunningTransfer(transfer)
        guard let head = try await running.head() else {
            throw CurlError.interrupted("the server sent no answer")
        }
        return HTTPResponse(status: head.status, headers: head.headers, body: HTTPBody(running))
    }
}

/// An answer whose body may still be on its way.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: HTTPBody
}

import HTTPTypes
import Hummingbird
import Identifiers
import Logging

/// The outermost layer: gives the request its id, turns every error into a problem, and says what all answers say.
struct RequestScope: RouterMiddleware {
    let headers: CommonHeaders
    let routes: RouteList
    let pages: any PageRendering
    let bodyLimit: Int

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.facts = RequestFacts(
            requestID: Self.saneID(request.headers[.requestID]) ?? JobID.make().description, bodyLimit: bodyLimit,
            clientAddress: context.clientAddress)
        context.logger[metadataKey: "request.id"] = .string(context.requestID)
        let clock = ContinuousClock()
        let start = clock.now
        var response: Response
        do {
            try refuseLargeBody(request)
            response = try await next(ChunkedBody.read(request, limit: bodyLimit), context)
        } catch is ChunkedBody.Endless {
            let problem = Problem.payloadTooLarge(limit: bodyLimit)
            response = answer(to: problem, of: request, context: context).thenClosing()
        } catch {
            response = answer(to: error, of: request, context: context)
        }
        headers.complete(&response, of: request)
        response.headers[.requestID] = context.requestID
        context.logger.debug(
            "answered",
            metadata: [
                "http.method": .string(request.method.rawValue), "http.route": .string(context.endpointPath ?? "none"),
                "http.status": .stringConvertible(response.status.code),
                "duration": .stringConvertible(clock.now - start),
            ])
        return response
    }

    /// Refuses by the announced length before a byte is read, also on routes that would not look at the body.
    private func refuseLargeBody(_ request: Request) throws(Problem) {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
            throw .payloadTooLarge(limit: bodyLimit)
        }
    }

    private func answer(to error: any Error, of request: Request, context: AppContext) -> Response {
        var problem = Problem(domainError: error)
        if problem.status == .notFound, case let allowed = routes.methods(for: request.uri.path), !allowed.isEmpty,
            !allowed.contains(request.method)
        {
            problem = .methodNotAllowed(allowed)
        }
        if problem.status.code >= 500 {
            // A refusal that a route chose, such as back-pressure, is no fault of ours.
            let level: Logger.Level = error is Problem && problem.status == .serviceUnavailable ? .notice : .error
            context.logger.log(level: level, "request failed", metadata: ["error": .string("\(error)")])
        }
        if request.prefersHTML, request.method == .get || request.method == .head {
            return pages.failure(problem, context: context)
        }
        return problem.response(instance: request.uri.path, requestID: context.requestID)
    }

    /// The caller's id when it is 1–64 of `A-Za-z0-9._-`.
    private static func saneID(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isSane = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isSane ? text : nil
    }
}

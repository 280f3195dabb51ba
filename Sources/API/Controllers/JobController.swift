import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identifiers
import Jobs
import Queue
import Store

/// A job while it runs and after: look, wait for a change, cancel.
struct JobController: Sendable {
    let jobs: JobReader
    let cancellation: JobCancellation

    func addRoutes(to routes: some RouterMethods<SignedInContext>) {
        routes.get("api/jobs/:id", use: show)
        routes.get("api/jobs/:id/events", use: events)
        routes.post("api/jobs/:id/cancel", use: cancel)
    }

    @Sendable
    private func show(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: JobID.self)
        let account = context.viewer.accountID
        let poll = try LongPoll(request)
        var document = try await jobs.job(id, of: account)
        var headers: HTTPFields = [.cacheControl: "private, no-cache"]
        if poll.knows(document.version), poll.wait > 0, !document.isTerminal {
            document = try await jobs.change(
                of: id, account: account, from: document.version, within: .seconds(poll.wait))
            if poll.isPreference { headers[.preferenceApplied] = "wait=\(poll.wait)" }
        }
        headers[.eTag] = "\"\(document.version)\""
        if !document.isTerminal { headers[.retryAfter] = "1" }
        if poll.knows(document.version) { return Response(status: .notModified, headers: headers) }
        return .json(headers: headers) { json in
            json.object { document.write(to: &$0, since: poll.place) }
        }
    }

    @Sendable
    private func events(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: JobID.self)
        let account = context.viewer.accountID
        let document = try await jobs.job(id, of: account)
        let place = request.headers[.lastEventID] ?? request.query("after")
        if document.isTerminal, JobEvents.isEnd(place) { return Response(status: .noContent) }
        return .events(request) { [jobs] in JobEvents(jobs, of: id, account: account, after: place) }
    }

    @Sendable
    private func cancel(_ request: Request, context: SignedInContext) async throws -> Response {
        let id = try context.id("id", as: JobID.self)
        let account = context.viewer.accountID
        // An old or foreign job answers as `show` does.
        try await jobs.check(id, of: account)
        let wasOver = try await cancellation.cancel(id, of: account)
        let document = try await jobs.job(id, of: account)
        return .json(wasOver ? .ok : .accepted, headers: wasOver ? [:] : [.location: document.path]) { json in
            json.object { document.write(to: &$0) }
        }
    }
}

/// What a reader knows already and how long it waits for more.
private struct LongPoll {
    let wait: Int
    let isPreference: Bool
    /// The place in the text from which `delta` goes on.
    let place: TextPlace?
    private let tags: [Substring]
    private let version: Int64?

    init(_ request: Request) throws(Problem) {
        let preferred = Preference(request.headers).wait
        isPreference = preferred != nil
        wait =
            preferred ?? request.query("wait").flatMap { Int(clamping: $0) }.map {
                min(max($0, 0), Preference.maximumWait)
            } ?? 0
        tags = request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.map { tag in
            var tag = tag.drop { $0 == " " }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag.prefix { $0 != " " }
        }
        version = request.query("version").flatMap { Int64($0) }
        guard let after = request.query("after") else {
            place = nil
            return
        }
        guard let place = TextPlace(after) else {
            throw .invalid("after", "Must be `next` of an earlier answer, or 0.")
        }
        self.place = place
    }

    func knows(_ version: Int64) -> Bool {
        version == self.version || tags.contains("\"\(version)\"") || tags.contains("*")
    }
}

import Identifiers
import Jobs
import Store

/// One reader's stream of a job's events: what the feed has after its place, then what comes, to the end of the job.
///
/// A place is an event id of the feed. Where the feed was trimmed or lost, `reset` and the text so far stand in for what is
/// missing, so a reader that follows the events always has the text.
struct JobEvents {
    /// The id of `done` ends so, which tells a reader that comes back after it.
    static let endMark = "done"
    /// A place before every event.
    private static let beginning = "0-0"
    private static let heartbeat = Duration.seconds(15)
    /// Without a ring the Store is asked again after this time.
    private static let longestSilence = Duration.seconds(5)

    private let jobs: JobReader
    private let id: JobID
    private let account: AccountID
    /// The last event of the feed that was sent; nil before the first.
    private var place: String?
    private var lastStatus: JobStatusEvent?
    /// Whether the feed's news of this look named the status.
    private var hasToldStatus = false
    private var hasSentFailure = false
    private var hasEnded = false
    /// The text of the Store that was sent in place of a lost feed.
    private var lastCheckpoint: String?
    private var events: [ServerEvent] = []
    private let listener: Listener
    private var nextHeartbeat: ContinuousClock.Instant
    private let clock = ContinuousClock()

    init(_ jobs: JobReader, of id: JobID, account: AccountID, after place: String?) {
        self.jobs = jobs
        self.id = id
        self.account = account
        self.place = Self.checked(place)
        listener = jobs.room.listen(id)
        nextHeartbeat = clock.now + Self.heartbeat
    }

    /// Whether a reader has had `done`, whose id is the last event's with a mark.
    static func isEnd(_ place: String?) -> Bool {
        guard let place, place.hasSuffix("-\(endMark)") else { return false }
        return EventID(String(place.dropLast(endMark.count + 1))) != nil
    }

    /// Where a reader wants to go on; nil from the beginning. What is no event id counts as a place that was trimmed away:
    /// it is answered with `reset`, never repeated.
    private static func checked(_ place: String?) -> String? {
        guard let place, !place.isEmpty, place != "0", place != beginning else { return nil }
        return EventID(place)?.description ?? beginning
    }

    /// The next events, as soon as there are some; nil when the job has ended, the reader is gone or the process stops.
    mutating func next() async throws -> [ServerEvent]? {
        while !hasEnded, !Task.isCancelled {
            // Look at the row before the feed: whatever the feed holds once the row is terminal is all there will be.
            let document = try await jobs.job(id, of: account)
            let (count, before) = (events.count, place)
            hasToldStatus = false
            await readNews(of: document)
            if document.isTerminal {
                tell(status: JobStatusEvent(document), at: events.count, id: place)
                end(with: document)
            } else if !hasToldStatus {
                // The feed is later than the row: only when it says nothing of the status, the row's comes first.
                tell(status: JobStatusEvent(document), at: count, id: before)
            }
            if clock.now >= nextHeartbeat { send(.comment) }
            if !events.isEmpty {
                nextHeartbeat = clock.now + Self.heartbeat
                defer { events = [] }
                return events
            }
            let limit = min(Self.longestSilence, clock.now.duration(to: nextHeartbeat))
            guard await jobs.room.wait(listener, atMost: limit) else { return nil }
        }
        return nil
    }

    private mutating func send(_ event: ServerEvent) { events.append(event) }

    @inline(never)
    private mutating func readNews(of document: JobDocument) async {
        while true {
            guard let slice = try? await jobs.feed.events(id, after: place) else { return }
            let isLost = slice.isTrimmed || (place == nil && slice.events.isEmpty && document.response != nil)
            if isLost {
                guard await startAnew(from: document) else { return }
                continue
            }
            for entry in slice.events { forward(entry) }
            guard slice.hasMore else { return }
        }
    }

    /// The text so far instead of the events that are lost; true when the feed goes on from there.
    private mutating func startAnew(from document: JobDocument) async -> Bool {
        if let snapshot = try? await jobs.feed.snapshot(id) {
            place = snapshot.lastEventID
            tellAnew(text: snapshot.text, sources: snapshot.sources, id: snapshot.lastEventID)
            return true
        }
        // Redis has lost the feed, so the Store's checkpoint is all there is until the worker begins anew.
        let text = document.response ?? ""
        if let place = document.job.partialEventID { self.place = place }
        if text != lastCheckpoint {
            lastCheckpoint = text
            tellAnew(text: text, sources: document.sources, id: place ?? Self.beginning)
        }
        return false
    }

    private mutating func tellAnew(text: String, sources: String?, id: String) {
        send(.reset(id: id))
        if let sources { send(.sources(sources, id: id)) }
        if !text.isEmpty { send(.delta(text, id: id)) }
    }

    private mutating func forward(_ entry: FeedSlice.Entry) {
        place = entry.id
        switch entry.event {
        case .status(let status):
            hasToldStatus = true
            tell(status: JobStatusEvent(status), at: events.count, id: entry.id)
        case .delta(let text): send(.delta(text, id: entry.id))
        case .sources(let sources): send(.sources(sources, id: entry.id))
        case .reset: send(.reset(id: entry.id))
        case .failure(let failure):
            hasSentFailure = true
            send(.failure(failure, id: entry.id))
        case .done: break
        }
    }

    private mutating func tell(status: JobStatusEvent, at index: Int, id: String?) {
        guard status != lastStatus else { return }
        lastStatus = status
        events.insert(.status(status, id: id ?? Self.beginning), at: index)
    }

    private mutating func end(with document: JobDocument) {
        if !hasSentFailure, document.job.status == .failed || document.job.status == .expired,
            let error = document.job.error
        {
            send(.failure(json: error, id: place ?? Self.beginning))
        }
        hasEnded = true
        send(.done(document, id: "\(place ?? Self.beginning)-\(Self.endMark)"))
    }
}

/// What a job does now, as its watchers are told.
struct JobStatusEvent: Sendable, Equatable {
    let status: String
    let stage: String?
    let place: QueuePlace?
    let attempt: Int
    let nextAttemptAt: String?

    init(_ document: JobDocument) {
        status = document.job.status.rawValue
        stage = document.stage
        place = document.place
        attempt = document.job.attempt
        nextAttemptAt = document.job.nextAttemptAt.map(WireTime.text)
    }

    init(_ event: FeedStatus) {
        status = event.status
        stage = event.stage
        place = nil
        attempt = event.attempt
        nextAttemptAt = event.nextAttemptAt.map(WireTime.text)
    }
}

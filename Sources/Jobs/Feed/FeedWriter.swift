public import Identifiers
public import Logging

/// Thrown to an attempt whose job has a newer one: it stops and writes nothing more.
public struct FeedSuperseded: Error {
    public init() {}
}

/// Writes one attempt's part of a feed: gathers deltas, paces the version, and starts anew when Redis lost the feed.
///
/// Trouble with Redis never fails the answer, since the Store has the truth: what could not be appended is told again, as
/// a whole, with the next append that works.
public actor FeedWriter {
    /// How often the feed moves.
    public struct Pace: Sendable {
        /// Deltas within this time become one event.
        public var flush = Duration.milliseconds(40)
        /// The least time between two versions for text alone: at most four steps a second.
        public var step = Duration.milliseconds(250)

        public init(flush: Duration = .milliseconds(40), step: Duration = .milliseconds(250)) {
            self.flush = flush
            self.step = step
        }
    }

    private let feed: AnswerFeed
    private let id: JobID
    private let fence: Int64
    private let pace: Pace
    private let logger: Logger
    private let clock = ContinuousClock()

    private var status: FeedStatus
    private var sources: String?
    /// The whole text of the attempt, as far as the feed has it or should have it.
    public private(set) var text = ""
    /// The last event that was appended; everything of ``text`` but the unflushed tail is in it.
    public private(set) var lastEventID: String?
    private var pending: [FeedEvent] = []
    private var pendingText = ""
    /// The next append tells everything anew.
    private var mustBegin = true
    private var isSuperseded = false
    private var isTroubled = false
    private var hasUnstampedText = false
    private var lastFlush: ContinuousClock.Instant?
    private var lastStep: ContinuousClock.Instant?
    private var timer: Task<Void, Never>?
    private var isFlushing = false
    private var isFinished = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(
        feed: AnswerFeed, id: JobID, fence: Int64, attempt: Int, pace: Pace = Pace(),
        logger: Logger = Logger(label: "feed")
    ) {
        self.feed = feed
        self.id = id
        self.fence = fence
        self.pace = pace
        self.logger = logger
        status = FeedStatus(status: "running", attempt: attempt)
    }

    /// Tells the stage at once, if it is another one.
    public func enter(stage: String?) async throws {
        if status.stage == stage, !mustBegin { return }
        status.stage = stage
        pending.append(.status(status))
        try await flush()
    }

    /// Tells the sources at once, as the JSON array of the HTTP API.
    public func tell(sources json: String) async throws {
        sources = json
        pending.append(.sources(json))
        try await flush()
    }

    /// Adds a piece of text: at once after a pause, else together with its neighbours.
    ///
    /// - Throws: ``FeedSuperseded`` as soon as it is known.
    public func append(delta: String) async throws {
        if isSuperseded { throw FeedSuperseded() }
        guard !delta.isEmpty else { return }
        text += delta
        pendingText += delta
        if let lastFlush, lastFlush.duration(to: clock.now) < pace.flush {
            schedule()
        } else {
            try await flush()
        }
    }

    /// Appends what is waiting; one append at a time, so that they keep their order.
    public func flush() async throws {
        while isFlushing { await withCheckedContinuation { waiting.append($0) } }
        isFlushing = true
        defer {
            isFlushing = false
            let waiting = waiting
            self.waiting = []
            for waiter in waiting { waiter.resume() }
        }
        try await appendWaiting()
    }

    private func appendWaiting() async throws {
        if isSuperseded { throw FeedSuperseded() }
        guard mustBegin || !pending.isEmpty || !pendingText.isEmpty || hasUnstampedText else { return }
        let now = clock.now
        let isStep = lastStep.map { $0.duration(to: now) >= pace.step } ?? true
        let isVisible = mustBegin || !pending.isEmpty || isStep
        let mode: AnswerFeed.Mode = mustBegin ? .begin : .continue
        let events = mustBegin ? everything() : pending + (pendingText.isEmpty ? [] : [.delta(pendingText)])
        guard !events.isEmpty || isVisible else { return schedule() }
        // Taken before the await: what comes meanwhile belongs to the next append.
        pending = []
        pendingText = ""
        mustBegin = false
        lastFlush = now
        if isVisible { lastStep = now }
        hasUnstampedText = !isVisible
        do {
            switch try await feed.append(events, to: id, fence: fence, bumpsVersion: isVisible, mode: mode) {
            case .appended(_, let last):
                isTroubled = false
                if !last.isEmpty { lastEventID = last }
            case .superseded:
                isSuperseded = true
            case .lost:
                mustBegin = true
            }
        } catch {
            mustBegin = true
            // Told once an outage, not with every try.
            let level: Logger.Level = isTroubled ? .debug : .warning
            isTroubled = true
            logger.log(level: level, "feed not written", metadata: ["job.id": "\(id)", "error": "\(error)"])
        }
        if isSuperseded { throw FeedSuperseded() }
        if mustBegin || hasUnstampedText || !pendingText.isEmpty { schedule() }
    }

    /// Appends what is waiting and stops the timer: nothing more comes by itself.
    public func finish() async throws {
        isFinished = true
        timer?.cancel()
        timer = nil
        try await flush()
    }

    private func everything() -> [FeedEvent] {
        var events: [FeedEvent] = [.status(status)]
        if let sources { events.append(.sources(sources)) }
        if !text.isEmpty { events.append(.delta(text)) }
        return events
    }

    /// One timer at a time; it flushes when deltas have waited long enough, or stamps text that has no version yet.
    private func schedule() {
        guard timer == nil, !isFinished else { return }
        let wait = mustBegin ? pace.step : pendingText.isEmpty ? pace.step : pace.flush
        timer = Task { [weak self] in
            try? await Task.sleep(for: wait)
            if Task.isCancelled { return }
            await self?.fire()
        }
    }

    private func fire() async {
        timer = nil
        // A newer attempt is told to the writer's caller with its next word.
        try? await flush()
    }
}

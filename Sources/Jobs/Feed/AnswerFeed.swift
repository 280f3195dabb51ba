public import Identifiers
public import Redis

/// What happens to a job while it runs, told to whoever watches: a capped, expiring Redis stream, never the only copy of
/// anything.
///
/// Events are appended under the fencing token of the attempt, so an attempt that was thought dead can't write into the
/// feed of its successor. Each append rings the doorbell.
public struct AnswerFeed: Sendable {
    /// The fence of whoever ends a job that no attempt holds: nothing is appended after it.
    public static let endOfJob = Int64.max

    /// How much is kept and for how long.
    public struct Limits: Sendable {
        /// Some more may be kept: trimming is by whole nodes.
        public var events = 4096
        public var lifetime = Duration.seconds(3600)
        public var lifetimeOnceDone = Duration.seconds(900)

        public init() {}
    }

    enum Mode: String {
        /// An attempt's first words: earlier text is reset.
        case begin
        /// An attempt's next words: refused when Redis lost the first.
        case `continue`
        /// Words apart from an attempt's text.
        case note
    }

    enum Appended: Equatable {
        case appended(version: Int64, lastEventID: String)
        /// A newer attempt holds the feed.
        case superseded
        /// Redis lost what this attempt began.
        case lost
    }

    let redis: RedisConnection
    let keys: FeedKeys
    let limits: Limits

    public init(redis: RedisConnection, namespace: String = "tern", limits: Limits = Limits()) {
        self.redis = redis
        self.keys = FeedKeys(namespace: namespace)
        self.limits = limits
    }

    /// Appends events and rings; false when a newer attempt holds the feed, and then nothing was appended.
    ///
    /// - Parameter bumpsVersion: the change is a visible one, so that waiters for a version are answered.
    @discardableResult
    public func append(
        _ events: [FeedEvent], to id: JobID, fence: Int64, bumpsVersion: Bool = true
    ) async throws -> Bool {
        try await append(events, to: id, fence: fence, bumpsVersion: bumpsVersion, mode: .note) != .superseded
    }

    func append(
        _ events: [FeedEvent], to id: JobID, fence: Int64, bumpsVersion: Bool, mode: Mode
    ) async throws -> Appended {
        var arguments: [RedisArgument] = [
            .integer(fence), bumpsVersion ? 1 : 0, .text(mode.rawValue), .text(keys.bell), .text(id.description),
            .integer(limits.events), .integer(limits.lifetime.components.seconds),
            .integer(limits.lifetimeOnceDone.components.seconds),
        ]
        for event in events {
            arguments.append(.text(event.name))
            arguments.append(.bytes(try event.storedValue()))
        }
        let reply = try await redis.evaluate(FeedScripts.append, keys: keys.all(of: id), arguments: arguments)
        guard case .array(let parts) = reply, let code = parts.first?.integer else { throw FeedError.unexpectedReply }
        switch code {
        case 0: return .superseded
        case -1: return .lost
        default:
            guard parts.count == 3, let version = parts[1].string.flatMap(Int64.init), let last = parts[2].string
            else { throw FeedError.unexpectedReply }
            return .appended(version: version, lastEventID: last)
        }
    }

    /// Wakes the watchers of a job, as after a change that only the Store knows.
    public func ring(_ id: JobID) async throws {
        _ = try await redis.send("PUBLISH", .text(keys.bell), .text(id.description))
    }

    /// The feed as it stands; nil when the job told nothing yet, or when it is forgotten.
    public func snapshot(_ id: JobID) async throws -> FeedSnapshot? {
        let reply = try await redis.evaluate(
            FeedScripts.snapshot, keys: [keys.hash(of: id), keys.text(of: id)], arguments: [])
        return try FeedSnapshot(reply)
    }

    /// The events after a place, at most `limit` of them; nil begins at the beginning.
    ///
    /// An id that is malformed counts as a place that was trimmed away.
    public func events(_ id: JobID, after place: String? = nil, limit: Int = 1000) async throws -> FeedSlice {
        let place = place.map { (text: $0, id: EventID($0)) }
        if let place, place.id == nil { return FeedSlice(events: [], isTrimmed: true, hasMore: false, next: nil) }
        let from = place?.id?.description ?? ""
        let reply = try await redis.evaluate(
            FeedScripts.read, keys: [keys.stream(of: id), keys.hash(of: id)],
            arguments: [.text(from), .integer(limit)])
        return try FeedSlice(reply, after: place?.id, limit: limit)
    }
}

/// The names of a feed's keys.
struct FeedKeys: Sendable {
    let prefix: String
    /// The channel of the doorbell.
    let bell: String

    init(namespace: String) {
        prefix = "{\(namespace)}:feed:"
        bell = "{\(namespace)}:bell"
    }

    func stream(of id: JobID) -> String { "\(prefix)\(id)" }
    func hash(of id: JobID) -> String { "\(prefix)\(id):state" }
    func text(of id: JobID) -> String { "\(prefix)\(id):text" }
    func all(of id: JobID) -> [String] { [stream(of: id), hash(of: id), text(of: id)] }
}

/// What can go wrong with a feed, beside the errors of Redis.
public enum FeedError: Error {
    /// A script answered in a shape that it never has: another version's script, or a broken key.
    case unexpectedReply
}

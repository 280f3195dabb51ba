import FoundationEssentials

/// A unit of work: a small payload under a permanent name.
///
/// The payload is stored as JSON, so change it only in ways that old payloads still decode. It should hold ids and
/// small values; the Store holds the rest.
public protocol Job: Codable, Sendable {
    /// The permanent name; never reused for another meaning. At most 255 bytes.
    static var kind: String { get }
    static var policy: JobPolicy { get }

    /// The bytes that are stored. JSON unless the job says otherwise.
    func encodedPayload() throws -> [UInt8]
    /// Reads what ``encodedPayload()`` wrote.
    static func decoded(payload: [UInt8]) throws -> Self
}

extension Job {
    public func encodedPayload() throws -> [UInt8] {
        [UInt8](try JSONCoding.encoder.encode(self))
    }

    public static func decoded(payload: [UInt8]) throws -> Self {
        try JSONCoding.decoder.decode(Self.self, from: Data(payload))
    }
}

/// One of each for the process: they are safe to share, and making them costs as much as a small payload.
private enum JSONCoding {
    static let encoder = JSONEncoder()
    static let decoder = JSONDecoder()
}

/// How jobs of a kind are queued, limited and retried.
public struct JobPolicy: Sendable {
    public var queue: String
    public var priority: JobPriority
    /// A tracked job can be looked up, cancelled and enqueued again under the same id without being doubled. An
    /// untracked one costs about a quarter of it in Redis and can do none of these.
    public var isTracked: Bool
    /// The first attempt counts.
    public var maximumAttempts: Int
    /// The handler's task is cancelled after this time and the attempt has failed.
    public var timeLimit: Duration
    public var backoff: Backoff

    public init(
        queue: String, priority: JobPriority = .normal, isTracked: Bool = true, maximumAttempts: Int = 5,
        timeLimit: Duration, backoff: Backoff = .standard
    ) {
        self.queue = queue
        self.priority = priority
        self.isTracked = isTracked
        self.maximumAttempts = max(1, maximumAttempts)
        self.timeLimit = timeLimit
        self.backoff = backoff
    }
}

/// The level of a job within its queue; a higher level is always served first.
public enum JobPriority: Int, Sendable, Codable, CaseIterable, Comparable {
    case high = 0
    case normal = 1
    case low = 2

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

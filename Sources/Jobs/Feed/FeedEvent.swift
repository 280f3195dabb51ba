public import FoundationEssentials

/// One event of a job's feed, as its watchers see it.
public enum FeedEvent: Sendable, Equatable {
    case status(FeedStatus)
    /// A piece of the answer's text.
    case delta(String)
    /// The sources of the answer, as the JSON array of the HTTP API.
    case sources(String)
    /// The text starts anew: forget all deltas before this.
    case reset
    case failure(FeedFailure)
    /// Nothing follows; the Store has the job as it ended.
    case done
}

/// What a job does now.
public struct FeedStatus: Codable, Sendable, Equatable {
    /// A status of the Store, such as `running`.
    public var status: String
    /// `retrieving`, `generating`, `saving`, or nil.
    public var stage: String?
    public var attempt: Int
    public var nextAttemptAt: Date?

    public init(status: String, stage: String? = nil, attempt: Int, nextAttemptAt: Date? = nil) {
        self.status = status
        self.stage = stage
        self.attempt = attempt
        self.nextAttemptAt = nextAttemptAt
    }
}

/// Why a job failed, in words for its owner.
public struct FeedFailure: Codable, Sendable, Equatable {
    /// A stable machine key.
    public var code: String
    public var title: String
    public var detail: String?
    public var retryable: Bool

    public init(code: String, title: String, detail: String? = nil, retryable: Bool) {
        self.code = code
        self.title = title
        self.detail = detail
        self.retryable = retryable
    }
}

extension FeedEvent {
    /// The event's name, on the wire and in Redis alike.
    public var name: String {
        switch self {
        case .status: "status"
        case .delta: "delta"
        case .sources: "sources"
        case .reset: "reset"
        case .failure: "failure"
        case .done: "done"
        }
    }

    /// The one value that is stored beside the name.
    func storedValue() throws -> [UInt8] {
        switch self {
        case .status(let status): [UInt8](try JSONEncoder().encode(status))
        case .delta(let text), .sources(let text): [UInt8](text.utf8)
        case .failure(let failure): [UInt8](try JSONEncoder().encode(failure))
        case .reset, .done: []
        }
    }

    /// Nil for an event of a newer version, which its readers skip.
    init?(name: String, storedValue: [UInt8]) throws {
        switch name {
        case "status": self = .status(try JSONDecoder().decode(FeedStatus.self, from: Data(storedValue)))
        case "delta": self = .delta(String(decoding: storedValue, as: UTF8.self))
        case "sources": self = .sources(String(decoding: storedValue, as: UTF8.self))
        case "failure": self = .failure(try JSONDecoder().decode(FeedFailure.self, from: Data(storedValue)))
        case "reset": self = .reset
        case "done": self = .done
        default: return nil
        }
    }
}

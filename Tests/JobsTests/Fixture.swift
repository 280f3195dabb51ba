import Identifiers
import Jobs
import Redis
import TestSupport

/// A feed under keys of its own on the shared server.
struct Fixture {
    let server: RedisServer
    let namespace = RedisServer.freshNamespace()
    let redis: RedisConnection
    let id = JobID.make()

    init() async throws {
        server = try await RedisServer.shared()
        redis = RedisConnection(try RedisAddress(parsing: server.url))
    }

    func feed(_ change: (inout AnswerFeed.Limits) -> Void = { _ in }) -> AnswerFeed {
        var limits = AnswerFeed.Limits()
        change(&limits)
        return AnswerFeed(redis: redis, namespace: namespace, limits: limits)
    }

    func writer(fence: Int64 = 1, attempt: Int = 1, pace: FeedWriter.Pace = .init()) -> FeedWriter {
        FeedWriter(feed: feed(), id: id, fence: fence, attempt: attempt, pace: pace)
    }

    /// Forgets everything, as FLUSHALL does.
    func loseFeed() async throws {
        let keys = try await redis.send("KEYS", .text("{\(namespace)}:*")).array ?? []
        for key in keys.compactMap(\.bytes) { _ = try await redis.send("DEL", .bytes(key)) }
    }
}

extension FeedSlice {
    /// The events without their ids.
    var told: [FeedEvent] { events.map(\.event) }

    /// The text that a reader has after these events, from an empty page.
    var text: String {
        told.reduce(into: "") { text, event in
            switch event {
            case .delta(let delta): text += delta
            case .reset: text = ""
            default: break
            }
        }
    }
}

import Identifiers
import Redis

/// The keys of a namespace; all share one hash slot. What they hold stands in the scripts' prelude.
struct Keys: Sendable {
    let prefix: String

    init(namespace: String) { prefix = "{\(namespace)}:" }

    var workers: String { prefix + "workers" }
    var queues: String { prefix + "queues" }
    var paused: String { prefix + "paused" }
    var taken: String { prefix + "taken" }
    var scheduled: String { prefix + "scheduled" }
    var retry: String { prefix + "retry" }
    var dead: String { prefix + "dead" }
    var due: String { prefix + "due" }
    var notices: String { prefix + "notices" }
    var leader: String { prefix + "leader" }
    var beats: String { prefix + "beats" }
    var crons: String { prefix + "crons" }

    /// `priority` nil is the list of recovered jobs.
    func list(_ queue: String, _ priority: JobPriority?) -> String {
        prefix + "q:" + queue + ":" + (priority.map { String($0.rawValue) } ?? "r")
    }

    func wake(_ queue: String) -> String { prefix + "wake:" + queue }
    func worker(_ incarnation: String) -> String { prefix + "worker:" + incarnation }
    func inflight(_ incarnation: String) -> String { prefix + "inflight:" + incarnation }
    func control(_ incarnation: String) -> String { prefix + "control:" + incarnation }
    func cron(_ entry: String) -> String { prefix + "cron:" + entry }

    /// The key ends in the id's 16 bytes.
    func job(_ id: JobID) -> RedisArgument { .bytes(Array((prefix + "job:").utf8) + id.bytes) }
}

extension ID {
    /// The 16 bytes, most significant first.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    /// From 16 bytes of a collection; nil when there are fewer.
    init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let (high, low) = bytes.withUnsafeBytes { buffer in
            (
                UInt64(bigEndian: buffer.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(high: high, low: low)
    }
}

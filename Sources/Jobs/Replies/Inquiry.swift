import FoundationEssentials
import Identifiers
public import Queue

/// Asks a worker something and waits for the answer.
public struct Inquiry: Sendable {
    private let queue: JobQueue
    private let replies: Replies
    private let doorbell: Doorbell

    public init(queue: JobQueue, replies: Replies, doorbell: Doorbell) {
        self.queue = queue
        self.replies = replies
        self.doorbell = doorbell
    }

    /// The answer, or nil when no worker gave one in time; a job that nobody took by then is never run.
    ///
    /// - Throws: ``ReplyRefused`` when the job failed; errors of Redis.
    public func ask<J: Job, Reply: Decodable>(
        _ job: J, as _: Reply.Type = Reply.self, within limit: Duration = .seconds(10), account: String? = nil
    ) async throws -> Reply? {
        let clock = ContinuousClock()
        let end = clock.now + limit
        let request = try NewJob(job, account: account, deadline: Date(timeIntervalSinceNow: limit.inSeconds))
        let listener = doorbell.listen(request.id)
        _ = try await queue.enqueue(request)
        while true {
            if let reply = try await replies.reply(of: request.id, as: Reply.self) { return reply }
            let left = clock.now.duration(to: end)
            guard left > .zero, !Task.isCancelled else { return nil }
            // A ring may be lost while the subscription is being made, so look twice a second all the same.
            _ = await listener.wait(for: min(left, .milliseconds(500)))
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

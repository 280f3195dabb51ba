import Identifiers
import Redis

/// One run of the claim script: what is acknowledged and what is asked for. It is sent again under the same number
/// until a reply has come.
package struct ClaimCall: Sendable {
    struct Acknowledgement: Sendable {
        let id: JobID
        let fence: Int64
        let isHashed: Bool
        let state: JobState
    }

    /// What may be taken from a queue.
    package struct Share: Sendable, Equatable {
        package let queue: String
        package let most: Int
        package let byWeight: Int
    }

    /// Which jobs of dead workers may be taken.
    enum Recovery: Int {
        /// None that was recovered before: one such runs.
        case others = 0
        case all = 1
        /// Even a suspect, although it is not alone.
        case crowded = 2
    }

    let number: Int64
    let acknowledgements: [Acknowledgement]
    let free: Int
    let recovery: Recovery
    let shares: [Share]

    func command(
        script hash: String, incarnation: String, prefix: String, configuration: JobRunner.Configuration
    ) -> RedisCommand {
        let inline = acknowledgements.count { !$0.isHashed }
        let hashed = acknowledgements.count - inline
        let words = 4 + 9 + inline + 3 * hashed + 3 * shares.count
        var encoder = RedisEncoder(words: words, reserving: 256 + 24 * inline + 80 * hashed + 48 * shares.count)
        encoder.append("EVALSHA")
        encoder.append(hash)
        encoder.append(1)
        encoder.append(prefix)
        encoder.append(incarnation)
        encoder.append(number)
        encoder.append(free)
        encoder.append(recovery.rawValue)
        encoder.append(configuration.keepsEnded.milliseconds)
        encoder.append(configuration.poisonLimit - 1)
        encoder.append(inline)
        encoder.append(hashed)
        encoder.append(shares.count)
        for done in acknowledgements where !done.isHashed { encoder.append(done.id.bytes) }
        for done in acknowledgements where done.isHashed {
            encoder.append(done.id.bytes)
            encoder.append(done.fence)
            encoder.append(done.state.rawValue)
        }
        for share in shares {
            encoder.append(share.queue)
            encoder.append(share.most)
            encoder.append(share.byWeight)
        }
        return RedisCommand(encoder)
    }
}

extension [QueueWeight] {
    /// Who may take how much of `free` slots, in the order of the claim.
    ///
    /// By weight each queue first gets its share, in an order that is drawn by weight too, so that a single slot goes
    /// to the heavier more often; what is left over goes round once more. In strict order the first takes all it can.
    package func shares(
        of free: Int, running: [Int], isStrict: Bool, using generator: inout some RandomNumberGenerator
    ) -> [ClaimCall.Share] {
        let order = isStrict || count < 2 ? Array<Int>(indices) : drawnOrder(using: &generator)
        let sum = reduce(0) { $0 + $1.weight }
        return order.map { index in
            let most = Swift.max(0, Swift.min(free, (self[index].limit ?? .max) - running[index]))
            let fair = isStrict ? free : Swift.max(1, (free * self[index].weight + sum - 1) / sum)
            return ClaimCall.Share(queue: self[index].name, most: most, byWeight: Swift.min(most, fair))
        }
    }

    private func drawnOrder(using generator: inout some RandomNumberGenerator) -> [Int] {
        var rest = Array<Int>(indices)
        var order: [Int] = []
        while !rest.isEmpty {
            var ticket = Int.random(in: 0..<rest.reduce(0) { $0 + self[$1].weight }, using: &generator)
            let place = rest.firstIndex { index in
                ticket -= self[index].weight
                return ticket < 0
            }
            order.append(rest.remove(at: place ?? 0))
        }
        return order
    }
}

import Identifiers
import Logging
import Redis
import Synchronization

/// Jobs that Redis holds for this worker although they have ended or were given back here: a server that crashed
/// may have forgotten the last second, and what it forgot nobody tells it again.
extension JobRunner {
    /// Called by the claim loop alone, so that nothing is under way while the two are compared.
    func giveBackStrays() async {
        let incarnation = state.withLock { state -> String? in
            guard state.mustCompare, !state.isEvicted, !state.isDraining else { return nil }
            state.mustCompare = false
            return state.aside == 0 ? state.incarnation : nil
        }
        guard let incarnation else { return }
        do {
            let held = try await redis.send("HGETALL", .text(keys.inflight(incarnation))).array ?? []
            let strays = strays(of: held)
            guard !strays.isEmpty else { return }
            logger.error("jobs were held that do not run here", metadata: ["jobs": "\(strays.count)"])
            let keep = configuration.keepsDead.milliseconds
            for start in stride(from: 0, to: strays.count, by: 100) {
                let batch = strays[start..<min(start + 100, strays.count)]
                var arguments: [RedisArgument] = [
                    .text(incarnation), .integer(keep), .integer(configuration.deadLimit), .integer(batch.count),
                ]
                for stray in batch {
                    arguments += [.bytes(stray.id.bytes), .text(stray.fence), "release", 0, ""]
                }
                let codes = try await redis.evaluate(Scripts.fail, keys: [keys.prefix], arguments: arguments).array
                for (stray, code) in zip(batch, codes ?? []) where code.integer == 2 { acknowledge(cancelled: stray) }
            }
        } catch {
            logger.warning("held jobs could not be compared", metadata: ["error": "\(error)"])
        }
    }

    private struct Stray {
        let id: JobID
        let fence: String
    }

    private func strays(of held: [RedisValue]) -> [Stray] {
        state.withLock { state in
            // A conclusion that is being reconsidered has no slot.
            guard state.aside == 0 else { return [] }
            var known = Set(state.slots.keys)
            known.formUnion(state.acknowledgements.map(\.id))
            known.formUnion(state.failures.map(\.attempt.id))
            return stride(from: 0, to: held.count - 1, by: 2).compactMap { index in
                guard let id = held[index].bytes.flatMap({ JobID(bytes: $0[...]) }), !known.contains(id),
                    let words = held[index + 1].bytes?.split(separator: 10, maxSplits: 3), words.count == 4
                else { return nil }
                return Stray(id: id, fence: String(decoding: words[2], as: UTF8.self))
            }
        }
    }

    /// The application has decided so already; its own reconciliation ends its record.
    private func acknowledge(cancelled stray: Stray) {
        guard let fence = Int64(stray.fence) else { return }
        state.withLock {
            $0.acknowledgements.append(.init(id: stray.id, fence: fence, isHashed: true, state: .cancelled))
        }
    }
}

import Logging
import Redis

/// Slows down who guesses passwords: after five failures each further one doubles the wait, for this account from this
/// address only, so the owner elsewhere is never locked out.
struct LoginLock: Sendable {
    private static let freeFailures = 5
    private static let firstDelay = 1000
    private static let longestDelay = 900_000

    let isOn: Bool
    let redis: RedisConnection
    let namespace: String
    let logger: Logger

    /// Throws 429 while the pair is locked.
    func check(_ account: String, from address: String) async throws {
        guard isOn else { return }
        let wait = await evaluate(LimitScripts.lockedFor, account, address)
        guard wait > 0 else { return }
        throw Problem.tooManyRequests(
            "rate_limited", "Too many failed sign-ins; try again later.",
            retryAfter: Int((Double(wait) / 1000).rounded(.up)))
    }

    func noteFailure(_ account: String, from address: String) async {
        guard isOn else { return }
        _ = await evaluate(
            LimitScripts.fail, account, address,
            ["\(Self.freeFailures)", "\(Self.firstDelay)", "\(Self.longestDelay)"])
    }

    func noteSuccess(_ account: String, from address: String) async {
        guard isOn else { return }
        do {
            _ = try await redis.send("DEL", .text(key(account, address)))
        } catch {
            logger.debug("lock not lifted", metadata: ["error": "\(error)"])
        }
    }

    private func evaluate(
        _ script: RedisScript, _ account: String, _ address: String, _ arguments: [RedisArgument] = []
    ) async -> Int64 {
        do {
            return try await redis.evaluate(script, keys: [key(account, address)], arguments: arguments).integer ?? 0
        } catch {
            logger.debug("lock unknown", metadata: ["error": "\(error)"])
            return 0
        }
    }

    /// The name is hashed: what people type there may be a password.
    private func key(_ account: String, _ address: String) -> String {
        "{\(namespace)}:lock:\(SignIns.hash(account.lowercased())):\(address)"
    }
}

import Bootstrap
import FoundationEssentials
import Logging
import Redis

/// Holds a kind of request to its limit: at most so many of one subject in any span, counted in Redis for all processes
/// together, and in this process alone while Redis is away.
struct RateLimiter: Sendable {
    let name: String
    let limit: RateLimit
    let redis: RedisConnection
    let namespace: String
    let fallback: LocalWindows
    let logger: Logger

    /// Counts a request, or throws 429 with the time until the next may come; a refused one is not counted.
    func admit(_ subject: String) async throws {
        if limit.isOff { return }
        let wait = await waitingTime(for: subject)
        guard wait > 0 else { return }
        throw Problem.tooManyRequests(
            "rate_limited", "Too many requests; try again later.", retryAfter: Int((wait / 1000).rounded(.up)))
    }

    /// Milliseconds until a request is admitted; 0 when this one was.
    private func waitingTime(for subject: String) async -> Double {
        let key = "{\(namespace)}:rate:\(name):\(subject)"
        do {
            let reply = try await redis.evaluate(
                LimitScripts.admit, keys: [key],
                arguments: limit.spans.flatMap { ["\($0.count)", "\($0.seconds * 1000)"] })
            return Double(reply.integer ?? 0)
        } catch {
            logger.debug("limits are counted by this process alone", metadata: ["error": "\(error)"])
            return fallback.admit(key, limit, at: Date())
        }
    }
}

enum LimitScripts {
    /// KEYS: the times of the last requests, newest first.
    /// ARGV: count and span in milliseconds of each limit.
    /// Returns 0 when the request was admitted and noted, else the milliseconds until one is.
    static let admit = RedisScript(
        name: "admit",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local most, longest, wait = 0, 0, 0
            for i = 1, #ARGV, 2 do
                local count, span = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
                most, longest = math.max(most, count), math.max(longest, span)
                local last = tonumber(redis.call('LINDEX', KEYS[1], count - 1) or '0')
                wait = math.max(wait, last + span - now)
            end
            if wait > 0 then return wait end
            redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
            redis.call('LTRIM', KEYS[1], 0, most - 1)
            redis.call('PEXPIRE', KEYS[1], longest)
            return 0
            """)

    /// KEYS: a hash with `failures` and `until`.
    /// Returns the milliseconds until the next try is allowed.
    static let lockedFor = RedisScript(
        name: "lockedFor",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            return math.max(0, tonumber(redis.call('HGET', KEYS[1], 'until') or '0') - now)
            """)

    /// KEYS: as `lockedFor`. ARGV: failures that are free, first delay, longest delay, all times in milliseconds.
    /// Notes a failure and returns the delay it caused.
    static let fail = RedisScript(
        name: "fail",
        source: """
            local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
            redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) * 2)
            local beyond = failures - tonumber(ARGV[1])
            if beyond <= 0 then return 0 end
            local delay = math.min(tonumber(ARGV[2]) * 2 ^ math.min(beyond - 1, 30), tonumber(ARGV[3]))
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + delay))
            return delay
            """)
}

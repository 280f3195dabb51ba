import Bootstrap
import Logging
import Redis

/// The limits of an API, each with its setting.
struct Limits: Sendable {
    let login: RateLimiter
    let signup: RateLimiter
    let mail: RateLimiter
    let chat: RateLimiter
    let loginLock: LoginLock

    init(_ settings: Settings.Limits, redis: RedisConnection, namespace: String, logger: Logger) {
        let fallback = LocalWindows()
        func limiter(_ name: String, _ limit: RateLimit) -> RateLimiter {
            RateLimiter(
                name: name, limit: limit, redis: redis, namespace: namespace, fallback: fallback, logger: logger)
        }
        login = limiter("login", settings.login)
        signup = limiter("signup", settings.signup)
        mail = limiter("mail", settings.mail)
        chat = limiter("chat", settings.chat)
        loginLock = LoginLock(isOn: !settings.login.isOff, redis: redis, namespace: namespace, logger: logger)
    }
}

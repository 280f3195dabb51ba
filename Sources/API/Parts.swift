import Bootstrap
import Jobs
import Logging
import Queue
import Redis
import ServiceLifecycle
import Store

/// What the routes are made of, wired once.
struct Parts: Sendable {
    let store: Store
    let redis: RedisConnection
    let queue: JobQueue
    let inquiry: Inquiry
    let connection: ConnectionService
    let pages: Pages
    let signIns: SignIns
    let cookies: SessionCookies
    let origin: SiteOrigin
    let doorbell: Doorbell
    let room: WaitingRoom
    let queues: QueueWatch
    let dispatcher: Dispatcher
    let jobs: JobReader
    let cancellation: JobCancellation
    let desk: AnswerDesk
    let limits: Limits

    init(settings: Settings, store: Store, logger: Logger) async throws {
        let namespace = settings.storage.namespace
        let address = try RedisAddress(parsing: settings.storage.redisURL)
        let redis = RedisConnection(address, logger: logger)
        let queue = JobQueue(redis: redis, namespace: namespace)
        let feed = AnswerFeed(redis: redis, namespace: namespace)
        self.store = store
        self.redis = redis
        self.queue = queue
        connection = ConnectionService(redis: redis)
        pages = try Pages()
        signIns = SignIns(
            store: store,
            signer: try await TokenSigner(
                key: settings.secrets.key, previousKey: settings.secrets.previousKey,
                lifetime: settings.accounts.accessTokenLifetime),
            refreshTokens: RefreshTokens(secret: settings.secrets.key),
            refreshLifetime: settings.accounts.refreshTokenLifetime, logger: logger)
        cookies = SessionCookies(
            isSecure: settings.server.isSecure, accessLifetime: settings.accounts.accessTokenLifetime,
            refreshLifetime: settings.accounts.refreshTokenLifetime)
        origin = SiteOrigin(publicURL: settings.server.publicURL)
        doorbell = Doorbell(address, namespace: namespace, logger: logger)
        room = WaitingRoom(doorbell: doorbell)
        inquiry = Inquiry(
            queue: queue, replies: Replies(redis: redis, namespace: namespace), doorbell: doorbell)
        queues = QueueWatch(queue: queue, logger: logger)
        dispatcher = Dispatcher(queue: queue, logger: logger)
        jobs = JobReader(
            store: store, feed: feed, room: room, queues: queues,
            retention: settings.upkeep.jobRetention, logger: logger)
        cancellation = JobCancellation(store: store, queue: queue, feed: feed, logger: logger)
        limits = Limits(settings.limits, redis: redis, namespace: namespace, logger: logger)
        desk = AnswerDesk(
            store: store, jobs: jobs, dispatcher: dispatcher, queues: queues, limit: limits.chat,
            rules: AnswerDesk.Rules(
                requiresVerification: settings.accounts.requiresVerification,
                maximumUnfinished: settings.limits.unfinishedPerUser,
                maximumQueueLatency: settings.limits.queueLatency, answerDeadline: settings.limits.answerDeadline))
    }
}

/// Closes the connection to Redis after everything that uses it.
struct ConnectionService: Service {
    let redis: RedisConnection

    func run() async throws {
        try? await gracefulShutdown()
        await redis.close()
    }
}

import API
import Bootstrap
import Curl
import Jobs
import Logging
import Queue
import Redis
import ServiceLifecycle
import Store
import TestSupport

/// An assembled API on a real port, with a database and a namespace of its own.
struct TestAPI: Sendable {
    let url: String
    let settings: Settings
    /// The same database by a connection of the test's own.
    let store: Store
    let redis: RedisConnection

    var queue: JobQueue { JobQueue(redis: redis, namespace: settings.storage.namespace) }
    var feed: AnswerFeed { AnswerFeed(redis: redis, namespace: settings.storage.namespace) }

    /// Runs one for a test and ends it gracefully.
    static func run(
        _ variables: [String: String] = [:], redis server: RedisServer? = nil,
        _ test: (TestAPI) async throws -> Void
    ) async throws {
        let server = if let server { server } else { try await RedisServer.shared() }
        let folder = try TemporaryDirectory()
        let settings = try Settings.load(
            environment: defaults(folder, server).merging(variables) { _, own in own }, directory: folder.path)
        try settings.makeDataDirectory()
        var logger = Logger(label: "api")
        logger.logLevel = .critical
        let api = try await buildAPI(settings: settings, logger: logger)
        let group = ServiceGroup(services: api.services, logger: logger)
        let store = try Store.open(path: settings.storage.databasePath)
        let redis = RedisConnection(try RedisAddress(parsing: settings.storage.redisURL), logger: nil)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await api.listening.port
            let running = TestAPI(
                url: "http://127.0.0.1:\(port)", settings: settings, store: store, redis: redis)
            do {
                try await test(running)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
        await redis.close()
        try store.close()
    }

    private static func defaults(_ folder: TemporaryDirectory, _ server: RedisServer) -> [String: String] {
        [
            "HOST": "127.0.0.1", "PORT": "0", "DATA_DIR": folder.file("data"), "REDIS_URL": server.url,
            "TERN_NAMESPACE": RedisServer.freshNamespace(), "PASSWORD_ITERATIONS": "1000",
            "SECRET_KEY": "a secret of the tests, long enough for HS256", "RATE_LIMIT_LOGIN": "off",
            "RATE_LIMIT_SIGNUP": "off", "RATE_LIMIT_MAIL": "off",
        ]
    }

    /// Sends a request; a body is JSON unless its type is given.
    func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        var fields = HTTPHeaders()
        for (name, value) in headers { fields.append(name, value) }
        if body != nil, fields["Content-Type"] == nil { fields.append("Content-Type", "application/json") }
        return try await HTTPClient().send(method, url + path, headers: fields, body: body)
    }
}

extension HTTPAnswer {
    /// A member of the body by its path, as in `errors.email`.
    func member(_ path: String) throws -> Any? {
        var value: Any? = try json()
        for name in path.split(separator: ".") { value = (value as? [String: Any])?[String(name)] }
        return value
    }

    func text(_ path: String) throws -> String? { try member(path) as? String }

    func number(_ path: String) throws -> Int? { try member(path) as? Int }

    /// The value of a cookie that the answer sets.
    func cookie(_ name: String) -> String? {
        for header in headers.all("Set-Cookie") where header.hasPrefix("\(name)=") {
            return String(header.dropFirst(name.count + 1).prefix { $0 != ";" })
        }
        return nil
    }
}

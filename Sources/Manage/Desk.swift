import Bootstrap
import Curl
import Mail
import Queue
import Redis
import Store

/// What a command works with, opened when it is asked for.
struct Desk {
    let settings: Settings

    init() throws {
        settings = try Settings.load()
        try settings.makeDataDirectory()
    }

    /// The database as it is; a schema that is behind is told apart from a database that is broken.
    func store() throws -> Store {
        let store = try openStore()
        do {
            try store.requireCurrentSchema()
        } catch StoreError.schemaTooOld {
            throw Complaint("the database has no current schema: run manage migrate")
        }
        return store
    }

    func openStore() throws -> Store {
        try Store.open(
            path: settings.storage.databasePath, synchronous: settings.storage.isFullySynchronous ? .full : .normal)
    }

    func queue() throws -> JobQueue {
        JobQueue(redis: try redis(), namespace: settings.storage.namespace)
    }

    func redis() throws -> RedisConnection {
        RedisConnection(try RedisAddress(parsing: settings.storage.redisURL), patience: .seconds(5))
    }

    func mailer() -> any Mailer {
        guard let server = settings.mail.server else { return FileMailer(folder: settings.mail.folder) }
        let security =
            switch server.security {
            case .none: SMTPRequest.Security.none
            case .startTLS: SMTPRequest.Security.startTLS
            case .implicitTLS: SMTPRequest.Security.implicitTLS
            }
        return SMTPMailer(
            host: server.host, port: server.port, security: security, username: server.username,
            password: server.password, authorityFile: server.authorityFile)
    }
}

/// Runs work with Redis, and says what is wrong when Redis is not there.
func withRedis<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as RedisError {
        throw Complaint("Redis does not answer (\(error)): start Tern, or check REDIS_URL")
    }
}

import Bootstrap
import Foundation
import TestSupport
import Testing

@Suite struct SettingsTests {
    private static let key = String(repeating: "k", count: 32)

    /// Settings of an empty folder with the given variables and a proper secret.
    private func load(
        _ variables: [String: String] = [:], file: String? = nil, in folder: TemporaryDirectory? = nil
    ) throws -> Settings {
        let folder = try folder ?? TemporaryDirectory()
        if let file { try folder.write(file, to: ".env") }
        let environment = ["SECRET_KEY": Self.key].merging(variables) { _, new in new }
        return try Settings.load(environment: environment, directory: folder.path)
    }

    private func problems(_ variables: [String: String], file: String? = nil) throws -> [String] {
        do {
            _ = try load(variables, file: file)
            return []
        } catch let error as SettingsError {
            return error.problems
        }
    }

    @Test func `a secret is all that must be set`() throws {
        let folder = try TemporaryDirectory()
        let settings = try load(in: folder)
        #expect(settings.server.publicURL == "http://127.0.0.1:8000")
        #expect(!settings.server.isSecure)
        #expect(settings.storage.directory == folder.file("data"))
        #expect(settings.storage.databasePath == folder.file("data/tern.sqlite3"))
        #expect(settings.storage.redisURL == "unix://\(folder.file("data/redis.sock"))")
        #expect(settings.storage.namespace == "tern")
        #expect(settings.storage.isFullySynchronous)
        #expect(settings.administrator == nil)
        #expect(settings.mail.server == nil)
        #expect(settings.mail.folder == folder.file("data/mail"))
        #expect(settings.assistant.providers == ["extractive"])
        #expect(settings.accounts.passwordIterations == 1_000_000)
        #expect(settings.accounts.accessTokenLifetime == .seconds(900))
        #expect(settings.limits.login == RateLimit("10/min,60/h"))
        #expect(settings.limits.chat.isOff)
        #expect(settings.limits.answerDeadline == .seconds(300))
        #expect(settings.upkeep.jobRetention == .seconds(7 * 86_400))
        #expect(settings.process.drain == .seconds(25))
        #expect(settings.process.metricsPort == nil)
    }

    @Test func `the environment wins over the file, an empty value is none`() throws {
        let file = """
            # a comment
            export HOST="::1"   # another
            PORT = 8001
            TIME_ZONE='Europe/Berlin'
            DATA_DIR=elsewhere/../here
            LOG_LEVEL=
            """
        let folder = try TemporaryDirectory()
        let settings = try load(["PORT": "9000", "HOST": ""], file: file, in: folder)
        #expect(settings.server.host == "::1")
        #expect(settings.server.port == 9000)
        #expect(settings.server.publicURL == "http://[::1]:9000")
        #expect(settings.upkeep.timeZone == "Europe/Berlin")
        #expect(settings.storage.directory == folder.file("here"))
        #expect(settings.process.logLevel == "info")
    }

    @Test func `another file can be named`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("PORT=8123", to: "other.env")
        #expect(try load(["TERN_ENV_FILE": path], in: folder).server.port == 8123)
        #expect(try load(["TERN_ENV_FILE": "other.env"], in: folder).server.port == 8123)
        #expect(try problems(["TERN_ENV_FILE": folder.file("missing")]).count == 1)
    }

    @Test(arguments: ["PORT", "PORT=8000\nwhat is this", "A='x", "A=\"x\" y", "1A=x"])
    func `a line of the file that is no assignment is named by its number`(file: String) throws {
        let problems = try problems([:], file: file)
        #expect(problems.count == 1)
        #expect(problems.first?.contains(".env:") == true)
    }

    @Test(arguments: [
        ("PORT", "eighty"), ("PORT", "65536"), ("PORT", "-1"), ("PUBLIC_URL", "chat.example.com"),
        ("PUBLIC_URL", "ftp://x"), ("TRUSTED_PROXIES", "10.0.0.0/33"), ("TRUSTED_PROXIES", "proxy"),
        ("PASSWORD_ITERATIONS", "1e6"), ("RATE_LIMIT_LOGIN", "10"), ("RATE_LIMIT_CHAT", "10/week"),
        ("RATE_LIMIT_MAIL", "0/min"), ("REQUIRE_EMAIL_VERIFICATION", "maybe"), ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../../etc/passwd"), ("LOG_LEVEL", "loud"), ("ANSWER_DEADLINE", "5m"), ("TERN_NAMESPACE", "a b"),
        ("DATABASE_URL", "mysql://x"), ("DATABASE_SYNCHRONOUS", "off"), ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://"), ("REDIS_URL", "redis://host/name"), ("EMBEDDING_PROVIDER", "gemini"),
        ("DATA_DIR", String(repeating: "long/", count: 30)), ("DEFAULT_FROM_EMAIL", "nobody"), ("EMAIL_USE_SSL", "2"),
        ("CONVERSATION_RETENTION_DAYS", "0"),
    ])
    func `a malformed value is refused in one line that names it`(name: String, value: String) throws {
        let problems = try problems([name: value])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(name)=\(value): ") == true, "\(problems)")
    }

    @Test(arguments: [
        ("DATABASE_URL", "postgres://user:hunter2@host/db", "PostgreSQL is not supported yet"),
        ("REDIS_URL", "rediss://:hunter2@host:6379/0", "TLS to Redis is not supported yet"),
        ("REDIS_URL", "redis+sentinel://host:26379/mymaster", "Sentinel is not supported yet"),
        ("LLM_PROVIDERS", "gemini,extractive", "only extractive is supported yet"),
    ])
    func `what is not built yet is refused in one line`(name: String, value: String, reason: String) throws {
        let problems = try problems([name: value])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(name)=") == true)
        #expect(problems.first?.contains(reason) == true)
        #expect(problems.first?.contains("hunter2") == false)
    }

    @Test func `a secret that is missing or short is refused with the command to make one`() throws {
        let missing = try problems(["SECRET_KEY": ""])
        #expect(missing.count == 1)
        #expect(missing.first?.hasPrefix("SECRET_KEY is not set: ") == true)
        #expect(missing.first?.contains("openssl rand") == true)
        let short = try problems(["SECRET_KEY": "hunter2"])
        #expect(short.first?.hasPrefix("SECRET_KEY=***: ") == true)
        #expect(try problems(["SECRET_KEY_PREVIOUS": "hunter2"]).count == 1)
    }

    @Test func `an unknown name of ours is refused, others are left alone`() throws {
        let problems = try problems(["TERN_NAMSPACE": "x", "UNRELATED": "y"], file: "TERN_OTHER=1")
        #expect(problems.count == 2)
        #expect(problems.allSatisfy { $0.hasPrefix("TERN_") && $0.contains("unknown name") })
    }

    @Test func `every problem is told at once`() throws {
        #expect(try problems(["SECRET_KEY": "", "PORT": "x", "TIME_ZONE": "y"]).count == 3)
    }

    @Test func `a mail login without a server names one`() throws {
        let problems = try problems(["EMAIL_HOST_USER": "me@gmail.com", "EMAIL_HOST_PASSWORD": "x"])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("EMAIL_HOST=smtp.gmail.com") == true)
    }

    @Test func `mail is encrypted unless told otherwise`() throws {
        let plain = try load(["EMAIL_HOST": "mail.example"]).mail.server
        #expect(plain?.security == .startTLS)
        #expect(plain?.port == 587)
        let ssl = try load(["EMAIL_HOST": "mail.example", "EMAIL_USE_SSL": "true"]).mail.server
        #expect(ssl?.security == .implicitTLS)
        #expect(ssl?.port == 465)
        let none = try load(["EMAIL_HOST": "h", "EMAIL_USE_TLS": "False", "EMAIL_PORT": "25"]).mail.server
        #expect(none?.security == Settings.Mail.Security.none)
        #expect(none?.port == 25)
        #expect(try problems(["EMAIL_HOST": "h", "EMAIL_USE_TLS": "true", "EMAIL_USE_SSL": "true"]).count == 1)
        #expect(try problems(["EMAIL_HOST": "h", "EMAIL_HOST_USER": "u"]).count == 1)
    }

    @Test func `the administrator has all of name, address and password`() throws {
        let names = ["ADMIN_USERNAME": "admin", "ADMIN_EMAIL": "a@b.c"]
        #expect(try problems(names).count == 1)
        let settings = try load(names.merging(["ADMIN_PASSWORD": "long enough"]) { $1 })
        #expect(settings.administrator?.username == "admin")
    }

    @Test func `the data folder is made for its owner only`() throws {
        let folder = try TemporaryDirectory()
        let settings = try load(["DATA_DIR": "a/b"], in: folder)
        #expect(!FileManager.default.fileExists(atPath: folder.file("a")))
        try settings.makeDataDirectory()
        try settings.makeDataDirectory()
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("a/b"))[.posixPermissions] as? Int
        #expect(mode == 0o700)
        try folder.write("", to: "file")
        let blocked = try load(["DATA_DIR": "file/data"], in: folder)
        #expect(throws: SettingsError.self) { try blocked.makeDataDirectory() }
    }
}

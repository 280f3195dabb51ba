/// Everything that can be configured, read once at start and checked as a whole.
///
/// The variables, their defaults and a line about each are in `.env.example`.
public struct Settings: Sendable {
    public var server: Server
    public var secrets: Secrets
    /// The administrator to make when the database has none; nil unless all of `ADMIN_*` are set.
    public var administrator: Administrator?
    public var storage: Storage
    public var mail: Mail
    public var assistant: Assistant
    public var accounts: Accounts
    public var limits: Limits
    public var upkeep: Upkeep
    public var process: Process

    public struct Server: Sendable {
        public var host: String
        public var port: Int
        /// Scheme, host and port (and path, if any) without a slash at the end.
        public var publicURL: String
        /// Whether the public address is https: cookies get Secure, answers get HSTS.
        public var isSecure: Bool { publicURL.hasPrefix("https://") }
        /// Peers whose `X-Forwarded-For` is believed.
        public var trustedProxies: [AddressRange]
    }

    public struct Secrets: Sendable {
        /// At least 32 bytes.
        public var key: String
        /// The key before the last rotation: still verifies, never signs.
        public var previousKey: String?
    }

    public struct Administrator: Sendable {
        public var username: String
        public var email: String
        public var password: String
    }

    public struct Storage: Sendable {
        /// An absolute path; everything that is written lives there.
        public var directory: String
        /// The absolute path of the SQLite file.
        public var databasePath: String
        /// FULL survives a power cut, NORMAL may lose the last transactions in one.
        public var isFullySynchronous: Bool
        /// `redis://…` or `unix://…`, checked.
        public var redisURL: String
        /// Prefix of every key in Redis.
        public var namespace: String
    }

    public struct Mail: Sendable {
        public enum Security: Sendable, Equatable { case none, startTLS, implicitTLS }
        public struct Server: Sendable, Equatable {
            public var host: String
            public var port: Int
            public var security: Security
            public var username: String?
            public var password: String?
            /// Certificates to trust instead of the system's.
            public var authorityFile: String?
        }
        /// Nil: mail goes to files in `folder`.
        public var server: Server?
        /// `Name <address>` or a bare address.
        public var from: String
        public var folder: String
    }

    public struct Assistant: Sendable {
        /// In the order of fallback.
        public var providers: [String]
        public var embeddingProvider: String
        public var embeddingModelFile: String
        public var knowledgeBase: String
        public var gemini: Remote
        public var geminiFallbackModels: [String]
        public var geminiEmbeddingModel: String
        public var openAI: Remote
        /// The longest wait for a provider's rate limit before the next provider is asked.
        public var maximumProviderWait: Duration

        public struct Remote: Sendable {
            public var key: String?
            public var baseURL: String
            public var model: String?
        }
    }

    public struct Accounts: Sendable {
        /// Whether chatting needs a verified address.
        public var requiresVerification: Bool
        public var passwordIterations: Int
        public var accessTokenLifetime: Duration
        public var refreshTokenLifetime: Duration
    }

    public struct Limits: Sendable {
        public var login: RateLimit
        public var signup: RateLimit
        public var mail: RateLimit
        public var chat: RateLimit
        public var unfinishedPerUser: Int
        public var queueLatency: Duration
        /// A job that has not started by then expires.
        public var answerDeadline: Duration
        public var bodyBytes: Int
        public var uploadBytes: Int
    }

    public struct Upkeep: Sendable {
        /// A name of the time zone database.
        public var timeZone: String
        public var jobRetention: Duration
        public var conversationRetentionDays: Int
        public var unverifiedRetentionDays: Int
    }

    public struct Process: Sendable {
        /// Worker processes of `make up`.
        public var workers: Int
        /// How long running jobs and requests may take to end after SIGTERM.
        public var drain: Duration
        /// A name of `Logger.Level`.
        public var logLevel: String
        /// `text`, `json`, or `auto`: text on a terminal.
        public var logFormat: String
        public var metricsToken: String?
        /// First port of the metrics of workers and beat; nil: not served.
        public var metricsPort: Int?
    }
}

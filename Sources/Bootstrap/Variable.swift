/// A variable that Tern reads from the environment or from `.env`.
package struct Variable: Sendable {
    package var name: String
    /// What holds when the variable is unset or empty; nil when the default depends on others or there is none.
    package var fallback: String?
    /// A secret's value is never shown.
    var isSecret = false

    private init(_ name: String, _ fallback: String? = nil, isSecret: Bool = false) {
        self.name = name
        self.fallback = fallback
        self.isSecret = isSecret
    }

    private static func secret(_ name: String) -> Variable { Variable(name, isSecret: true) }

    /// Every variable, in the order of `.env.example`.
    static let all: [Variable] = [
        // Address
        Variable("HOST", "127.0.0.1"), Variable("PORT", "8000"), Variable("PUBLIC_URL"), Variable("TRUSTED_PROXIES"),
        // Secrets and the first administrator
        secret("SECRET_KEY"), secret("SECRET_KEY_PREVIOUS"),
        Variable("ADMIN_USERNAME"), Variable("ADMIN_EMAIL"), secret("ADMIN_PASSWORD"),
        // Data
        Variable("DATA_DIR", "./data"), Variable("DATABASE_URL"), Variable("DATABASE_SYNCHRONOUS", "full"),
        Variable("REDIS_URL"), Variable("TERN_NAMESPACE", "tern"), Variable("TERN_ENV_FILE", "./.env"),
        // Mail
        Variable("EMAIL_HOST"), Variable("EMAIL_PORT"), Variable("EMAIL_HOST_USER"), secret("EMAIL_HOST_PASSWORD"),
        Variable("EMAIL_USE_TLS"), Variable("EMAIL_USE_SSL", "false"), Variable("EMAIL_CA_FILE"),
        Variable("DEFAULT_FROM_EMAIL"),
        // Answers and knowledge
        Variable("LLM_PROVIDERS", "extractive"),
        secret("GEMINI_API_KEY"), Variable("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com/v1beta"),
        Variable("GEMINI_MODEL", "gemini-3.8-flash"), Variable("GEMINI_FALLBACK_MODELS", "gemini-3.5-flash-lite"),
        Variable("GEMINI_EMBEDDING_MODEL", "gemini-embedding-001"),
        secret("OPENAI_API_KEY"), Variable("OPENAI_BASE_URL", "https://api.openai.com/v1"), Variable("OPENAI_MODEL"),
        Variable("EMBEDDING_PROVIDER", "embedded"), Variable("EMBEDDING_MODEL_FILE"),
        Variable("KNOWLEDGE_BASE", "knowledge_base.txt"),
        // Accounts
        Variable("REQUIRE_EMAIL_VERIFICATION", "false"), Variable("PASSWORD_ITERATIONS", "1000000"),
        Variable("ACCESS_TOKEN_LIFETIME", "900"), Variable("REFRESH_TOKEN_LIFETIME", "2592000"),
        // Limits
        Variable("RATE_LIMIT_LOGIN", "10/min,60/h"), Variable("RATE_LIMIT_SIGNUP", "10/min,60/h"),
        Variable("RATE_LIMIT_MAIL", "10/min,60/h"), Variable("RATE_LIMIT_CHAT", "off"),
        Variable("MAX_UNFINISHED_PER_USER", "8"), Variable("MAX_QUEUE_LATENCY", "120"),
        Variable("MAX_PROVIDER_WAIT", "60"), Variable("ANSWER_DEADLINE", "300"),
        Variable("MAX_BODY_BYTES", "1048576"), Variable("MAX_UPLOAD_BYTES", "26214400"),
        // Upkeep
        Variable("TIME_ZONE", "UTC"), Variable("JOB_RETENTION", "604800"),
        Variable("CONVERSATION_RETENTION_DAYS", "30"), Variable("UNVERIFIED_RETENTION_DAYS", "7"),
        // Processes
        Variable("WORKERS", "1"), Variable("DRAIN_TIMEOUT", "25"), Variable("LOG_LEVEL", "info"),
        Variable("LOG_FORMAT", "auto"),
        secret("METRICS_TOKEN"), Variable("METRICS_PORT"),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension Settings {
    /// Every variable that is read.
    package static var variables: [Variable] { Variable.all }
}

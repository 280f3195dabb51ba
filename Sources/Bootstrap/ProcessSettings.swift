import FoundationEssentials

extension Settings.Upkeep {
    init(reading reader: inout SettingsReader) {
        timeZone = reader.string("TIME_ZONE")
        jobRetention = reader.seconds("JOB_RETENTION", in: 60...315_360_000)
        conversationRetentionDays = reader.integer("CONVERSATION_RETENTION_DAYS", in: 1...36_500)
        unverifiedRetentionDays = reader.integer("UNVERIFIED_RETENTION_DAYS", in: 1...36_500)
        if !Self.isTimeZone(timeZone) {
            reader.refuse("TIME_ZONE", "write a name of the time zone database, such as UTC or Europe/Berlin")
        }
    }

    private static func isTimeZone(_ name: String) -> Bool {
        if name == "UTC" { return true }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return false }
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/\(name)", isDirectory: &isDirectory)
        return exists && !isDirectory
    }
}

extension Settings.Process {
    static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    init(reading reader: inout SettingsReader) {
        workers = reader.integer("WORKERS", in: 0...256)
        drain = reader.seconds("DRAIN_TIMEOUT", in: 0...3600)
        logLevel = reader.choice("LOG_LEVEL", of: Self.logLevels)
        logFormat = reader.choice("LOG_FORMAT", of: ["auto", "text", "json"])
        metricsToken = reader.optional("METRICS_TOKEN")
        metricsPort = reader.optionalInteger("METRICS_PORT", in: 1...65_000)
    }
}

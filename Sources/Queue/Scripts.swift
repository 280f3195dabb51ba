import Redis

/// The transitions, each one atomic in Redis. Their keys, arguments and results are told in their heads.
enum Scripts {
    static let enqueue = script("enqueue", PackageResources.enqueue_lua)
    static let ackfetch = script("ackfetch", PackageResources.ackfetch_lua)
    static let fail = script("fail", PackageResources.fail_lua)
    static let register = script("register", PackageResources.register_lua)
    static let retire = script("retire", PackageResources.retire_lua)
    static let beat = script("beat", PackageResources.beat_lua)
    static let reap = script("reap", PackageResources.reap_lua)
    static let promote = script("promote", PackageResources.promote_lua)
    static let prune = script("prune", PackageResources.prune_lua)
    static let cancel = script("cancel", PackageResources.cancel_lua)
    static let revive = script("revive", PackageResources.revive_lua)
    static let pause = script("pause", PackageResources.pause_lua)
    static let cronfire = script("cronfire", PackageResources.cronfire_lua)
    static let lead = script("lead", PackageResources.lead_lua)

    private static func script(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: PackageResources.prelude_lua + source)
    }
}

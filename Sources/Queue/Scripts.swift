package import Redis

/// The transitions, each one atomic in Redis. Their keys, arguments and results are told in their heads.
package enum Scripts {
    package static let enqueue = script("enqueue", PackageResources.enqueue_lua)
    package static let ackfetch = script("ackfetch", PackageResources.ackfetch_lua)
    package static let fail = script("fail", PackageResources.fail_lua)
    package static let register = script("register", PackageResources.register_lua)
    package static let retire = script("retire", PackageResources.retire_lua)
    package static let beat = script("beat", PackageResources.beat_lua)
    package static let reap = script("reap", PackageResources.reap_lua)
    package static let promote = script("promote", PackageResources.promote_lua)
    package static let prune = script("prune", PackageResources.prune_lua)
    package static let cancel = script("cancel", PackageResources.cancel_lua)
    package static let revive = script("revive", PackageResources.revive_lua)
    package static let pause = script("pause", PackageResources.pause_lua)
    package static let cronfire = script("cronfire", PackageResources.cronfire_lua)
    package static let lead = script("lead", PackageResources.lead_lua)

    private static func script(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: PackageResources.prelude_lua + source)
    }
}

import LocalCodeCore

extension Invocation {
    /// Where states are, and all else that can be made again.
    var cacheDirectory: String {
        self["cache-dir"] ?? Directories(environment: context.environment).cache
    }

    /// What the store of states may take.
    var stateLimits: StateStore.Limits {
        var limits = StateStore.Limits()
        limits.bytes = bytes("cache-size") ?? limits.bytes
        limits.entries = integer("cache-entries") ?? limits.entries
        limits.freeDisk = bytes("cache-min-free") ?? limits.freeDisk
        if let time = duration("cache-ttl") {
            limits.timeToLive = time == .zero ? nil : Double(time.components.seconds)
        }
        limits.policy = self["cache-policy"].flatMap(EvictionPolicy.init) ?? limits.policy
        return limits
    }
}

import LocalCodeCore

extension CacheStats {
    /// What `cache stats --json` prints.
    func json(_ summary: CacheSummary, _ engines: [Digest: EngineRecord], _ limits: StateStore.Limits)
        -> JSONValue
    {
        let requests = summary.requests
        var placements = JSONObject()
        for (name, count) in requests.placements.sorted(by: { $0.key < $1.key }) { placements[name] = .number(count) }
        let models = summary.models.map { name, group -> JSONValue in
            var json: JSONObject = ["model": .string(name)]
            Self.add(group, to: &json)
            return .object(json)
        }
        let fingerprints = summary.fingerprints.map { digest, group -> JSONValue in
            let engine = engines[digest]
            var json: JSONObject = ["fingerprint": .string(digest.hex)]
            Self.add(group, to: &json)
            json["model"] = engine.map { .string($0.model) } ?? .null
            json["restores"] = engine?.ability.map { .string($0.rawValue) } ?? .null
            json["prefill_tokens_per_second"] = engine?.prefillTokensPerSecond.map { .number($0) } ?? .null
            json["save_bytes_per_second"] = engine?.saveBytesPerSecond.map { .number($0) } ?? .null
            json["restore_bytes_per_second"] = engine?.restoreBytesPerSecond.map { .number($0) } ?? .null
            return .object(json)
        }
        var json: JSONObject = [:]
        Self.add(summary.all, to: &json)
        json["pinned"] = .number(summary.pinned)
        json["unused"] = .number(summary.unused)
        json["quarantined"] = .number(summary.quarantined)
        json["misses"] = .number(summary.misses)
        let free = Self.freeDisk(CacheStore.directory(invocation))
        json["budget"] = [
            "bytes": .number(limits.bytes), "entries": .number(limits.entries),
            "seconds": limits.timeToLive.map { .number($0) } ?? .null, "policy": .string(limits.policy.rawValue),
            "free_disk_floor": .number(limits.freeDisk), "free_disk": free.map { .number($0) } ?? .null,
        ]
        json["models"] = .array(models)
        json["fingerprints"] = .array(fingerprints)
        json["requests"] = [
            "count": .number(requests.count), "placements": .object(placements),
            "prompt_tokens": .number(requests.promptTokens), "cached_tokens": .number(requests.cachedTokens),
            "seconds_saved": .number(requests.secondsSaved),
        ]
        return .object(json)
    }

    private static func add(_ group: CacheSummary.Group, to json: inout JSONObject) {
        json["entries"] = .number(group.entries)
        json["bytes"] = .number(group.bytes)
        json["tokens"] = .number(group.tokens)
        json["hits"] = .number(group.hits)
        json["seconds_saved"] = .number(group.secondsSaved)
    }
}

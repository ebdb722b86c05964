import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is in the store, added up.
struct CacheSummary: Sendable, Equatable {
    /// Some of the states.
    struct Group: Sendable, Equatable {
        var entries = 0
        var bytes = 0
        var tokens = 0
        var hits = 0
        var secondsSaved = 0.0

        mutating func add(_ entry: StateEntry) {
            entries += 1
            bytes += entry.fileBytes
            tokens += entry.tokens
            hits += entry.hits
            secondsSaved += entry.secondsSaved
        }
    }

    /// The requests of the journal: what the cache did for them.
    struct Requests: Sendable, Equatable {
        var count = 0
        var placements: [String: Int] = [:]
        var promptTokens = 0
        var cachedTokens = 0
        var secondsSaved = 0.0
    }

    private(set) var all = Group()
    private(set) var pinned = 0
    private(set) var quarantined = 0
    private(set) var unused = 0
    private(set) var misses = 0
    private(set) var byModel: [String: Group] = [:]
    private(set) var byFingerprint: [Digest: Group] = [:]
    private(set) var requests = Requests()

    init(_ entries: [StateEntry], _ records: [RequestRecord]) {
        for entry in entries {
            all.add(entry)
            byModel[entry.model, default: Group()].add(entry)
            byFingerprint[entry.fingerprint, default: Group()].add(entry)
            if entry.isPinned { pinned += 1 }
            if entry.quarantine != nil { quarantined += 1 }
            if entry.hits == 0 { unused += 1 }
            misses += entry.misses
        }
        for record in records {
            requests.count += 1
            requests.placements[record.placement, default: 0] += 1
            requests.secondsSaved += record.savedSeconds
            guard let tokens = record.promptTokens, let cached = record.actualTokens else { continue }
            requests.promptTokens += tokens
            requests.cachedTokens += min(cached, tokens)
        }
    }

    /// The largest first.
    var models: [(name: String, group: Group)] { Self.sorted(byModel) { $0 } }

    /// The largest first.
    var fingerprints: [(digest: Digest, group: Group)] {
        Self.sorted(byFingerprint) { $0.hex }.map { (digest: $0.name, group: $0.group) }
    }

    private static func sorted<Name: Hashable>(_ groups: [Name: Group], by text: (Name) -> String)
        -> [(name: Name, group: Group)]
    {
        groups.map { (name: $0.key, group: $0.value) }
            .sorted { ($1.group.bytes, text($0.name)) < ($0.group.bytes, text($1.name)) }
    }
}

/// The work of `cache stats`.
struct CacheStats {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let limits = invocation.stateLimits
        guard let store = try CacheStore.openIfThere(invocation) else {
            if invocation.isOn("json") { try context.output.write(PrettyJSON.text(json(CacheSummary([], []), [:], limits))) }
            return try CacheStore.sayEmpty(invocation)
        }
        let (summary, engines) = try CacheStore.reporting {
            let engines = try store.engines()
            return (
                CacheSummary(try store.entries(), try store.requests(limit: .max)),
                Dictionary(engines.map { ($0.fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
            )
        }
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(json(summary, engines, limits))) }
        guard summary.all.entries > 0 || summary.requests.count > 0 else { return try CacheStore.sayEmpty(invocation) }
        try context.output.write(text(summary, engines, limits))
    }

    // MARK: - Text

    private func text(_ summary: CacheSummary, _ engines: [Digest: EngineRecord], _ limits: StateStore.Limits) -> String {
        let all = summary.all
        let size = ByteCount(bytes: all.bytes)
        let part = HumanText.percent(Double(all.bytes), of: Double(limits.bytes))
        var lines = [
            ("states", "\(HumanText.grouped(all.entries)) of \(HumanText.grouped(limits.entries))"),
            ("", "\(summary.pinned) pinned, \(summary.unused) never used, \(summary.quarantined) quarantined"),
            ("disk", "\(size) of \(ByteCount(bytes: limits.bytes)) (\(part))"),
            ("uses", "\(HumanText.grouped(all.hits)) restored and used, \(HumanText.grouped(summary.misses)) in vain"),
            ("saved", "\(HumanText.seconds(all.secondsSaved)) of prefill"),
        ]
        if let free = Self.freeDisk(CacheStore.directory(invocation)) {
            let floor = ByteCount(bytes: limits.freeDisk)
            lines.insert(("free", "\(ByteCount(bytes: free)); below \(floor) nothing is saved"), at: 3)
        }
        let requests = summary.requests
        if requests.count > 0 {
            let kinds = requests.placements.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.value) \(TerminalText.neutralized($0.key))" }.joined(separator: ", ")
            let cached = HumanText.percent(Double(requests.cachedTokens), of: Double(requests.promptTokens))
            lines.append(("last \(HumanText.count(requests.count, "request"))", kinds))
            lines.append(("", "\(cached) of their prompt tokens came from the cache"))
        }
        let left = lines.map(\.0.count).max() ?? 0
        let head = lines.map { "\($0.0)\(String(repeating: " ", count: left - $0.0.count))  \($0.1)\n" }.joined()
        guard all.entries > 0 else { return head }
        return head + "\n" + models(summary).text(on: context.output) + "\n"
            + fingerprints(summary, engines).text(on: context.output)
    }

    private static let groupColumns: [TextTable.Column] = [
        .init(title: "STATES", isNumber: true), .init(title: "SIZE", isNumber: true),
        .init(title: "TOKENS", isNumber: true, rank: 1), .init(title: "USES", isNumber: true),
        .init(title: "SAVED", isNumber: true),
    ]

    private static func cells(_ group: CacheSummary.Group) -> [String] {
        [
            "\(group.entries)", ByteCount(bytes: group.bytes).description, "\(group.tokens)", "\(group.hits)",
            HumanText.seconds(group.secondsSaved),
        ]
    }

    private func models(_ summary: CacheSummary) -> TextTable {
        var table = TextTable([.init(title: "MODEL", least: 12)] + Self.groupColumns)
        for (name, group) in summary.models { table.add([name] + Self.cells(group)) }
        return table
    }

    private func fingerprints(_ summary: CacheSummary, _ engines: [Digest: EngineRecord]) -> TextTable {
        var table = TextTable(
            [.init(title: "FINGERPRINT")] + Self.groupColumns + [
                .init(title: "PREFILL", isNumber: true, rank: 2), .init(title: "RESTORES"),
            ])
        for (digest, group) in summary.fingerprints {
            let engine = engines[digest]
            let rate = engine?.prefillTokensPerSecond.map { "\(HumanText.grouped(Int($0.rounded()))) t/s" }
            let ability = engine?.ability.map(Self.ability)
            table.add([String(digest.hex.prefix(KeyPrefix.shown))] + Self.cells(group) + [rate ?? "-", ability ?? "-"])
        }
        return table
    }

    private static func ability(_ ability: EngineRecord.Ability) -> String {
        switch ability {
        case .prefix: "any prefix"
        case .checkpoints: "to checkpoints"
        case .none: "not at all"
        }
    }

    // MARK: - JSON

    private func json(_ summary: CacheSummary, _ engines: [Digest: EngineRecord], _ limits: StateStore.Limits) -> JSONValue {
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

    /// What an ordinary user may still write on the disk of a directory, or of the nearest one above it.
    private static func freeDisk(_ directory: String) -> Int? {
        var path = Substring(directory)
        var status = statvfs()
        while statvfs(path.isEmpty ? "/" : String(path), &status) != 0 {
            guard errno == ENOENT, let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
        return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}

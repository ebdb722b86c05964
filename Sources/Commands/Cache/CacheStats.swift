import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The work of `cache stats`.
struct CacheStats {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let limits = invocation.stateLimits
        guard let store = try CacheStore.openIfThere(invocation) else {
            if invocation.isOn("json") {
                try context.output.write(PrettyJSON.text(json(CacheSummary([], []), [:], limits)))
            }
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

    private func text(_ summary: CacheSummary, _ engines: [Digest: EngineRecord], _ limits: StateStore.Limits) -> String
    {
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

    /// What an ordinary user may still write on the disk of a directory, or of the nearest one above it.
    static func freeDisk(_ directory: String) -> Int? {
        var path = Substring(directory)
        var status = statvfs()
        while statvfs(path.isEmpty ? "/" : String(path), &status) != 0 {
            guard errno == ENOENT, let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}

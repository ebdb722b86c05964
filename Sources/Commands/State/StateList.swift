import LocalCodeCore

/// The work of `state ls`.
struct StateList {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let filter = try EntryFilter(invocation)
        let now = SystemTime.wall()
        let store = try CacheStore.openIfThere(invocation)
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        let named = entries.filter { $0.kind == .named && filter.accepts($0, now: now) }
            .sorted { ($0.name ?? "", $1.used) < ($1.name ?? "", $0.used) }
        if invocation.isOn("json") {
            return try context.output.write(PrettyJSON.text(.array(named.map(EntryReport.json))))
        }
        guard !named.isEmpty else {
            return try context.error.write("localcode: no named states; 'localcode state save NAME' makes one\n")
        }
        var table = TextTable([
            .init(title: "NAME", least: 12), .init(title: "MODEL", least: 10), .init(title: "TOKENS", isNumber: true),
            .init(title: "SIZE", isNumber: true), .init(title: "AGE", isNumber: true),
            .init(title: "USED", isNumber: true, rank: 2), .init(title: "HITS", isNumber: true, rank: 1),
            .init(title: "FINGERPRINT"), .init(title: "STATE"), .init(title: "TITLE", least: 12, rank: 3),
        ])
        for entry in named {
            table.add([
                entry.name ?? "", entry.model, "\(entry.tokens)", EntryReport.size(entry),
                HumanText.age(now - entry.created), HumanText.age(now - entry.used), "\(entry.hits)",
                String(entry.fingerprint.hex.prefix(KeyPrefix.shown)), EntryReport.state(entry), entry.title,
            ])
        }
        try context.output.write(table.text(on: context.output))
    }
}

import LocalCodeCore

/// The work of `cache ls`.
struct CacheList {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let isJSON = invocation.isOn("json")
        let filter = try EntryFilter(invocation)
        guard let store = try CacheStore.openIfThere(invocation) else {
            if isJSON { try context.output.write("[]\n") }
            return try CacheStore.sayEmpty(invocation)
        }
        let now = SystemTime.wall()
        let all = try CacheStore.reporting { try store.entries() }
        var shown = sort.sorted(all.filter { filter.accepts($0, now: now) })
        if invocation.isOn("reverse") { shown.reverse() }
        let reasons =
            invocation.isOn("why")
            ? try CacheStore.reporting { try store.reasons(under: invocation.stateLimits) } : nil
        if isJSON {
            let reports = shown.map { entry in
                var report = EntryReport.json(entry)
                if let reason = reasons?[entry.id] { report["why"] = ReasonText.json(entry, reason, now: now) }
                return report
            }
            return try context.output.write(PrettyJSON.text(.array(reports)))
        }
        guard !all.isEmpty else { return try CacheStore.sayEmpty(invocation) }
        guard !shown.isEmpty else {
            return try context.error.write("localcode: none of the \(HumanText.count(all.count, "state")) fits\n")
        }
        let table =
            reasons.map { ReasonText.table(shown, $0, now: now) } ?? EntryReport.table(shown, now: now)
        try context.output.write(table.text(on: context.output))
        if context.output.isTerminal { try context.error.write(Self.sum(shown) + "\n") }
    }

    private var sort: EntrySort { invocation["sort"].flatMap(EntrySort.init) ?? .used }

    /// `12 states, 3.4 GiB`.
    static func sum(_ entries: [StateEntry]) -> String {
        let bytes = entries.reduce(0) { $0 + $1.fileBytes }
        return "\(HumanText.count(entries.count, "state")), \(ByteCount(bytes: bytes))"
    }
}

extension EntryFilter {
    /// What the options of a command line say.
    init(_ invocation: Invocation) throws {
        model = invocation["model"]
        fingerprint = try invocation["fingerprint"].map { try KeyPrefix.checked($0, what: "fingerprint") }
        unusedFor = invocation.duration("older-than").map { $0 / .seconds(1) }
        isPinned = invocation.isOn("pinned")
        isQuarantined = invocation.isOn("quarantined")
        isUnused = invocation.isOn("unused")
    }
}

import LocalCodeCore

/// The work of `cache prune`.
struct CachePrune {
    let invocation: Invocation
    private var context: Context { invocation.context }
    private var isDryRun: Bool { invocation.isOn("dry-run") }

    func run() throws {
        let filter = try EntryFilter(invocation)
        let isLimited = invocation["max-size"] != nil || invocation["max-entries"] != nil
        if invocation.isOn("all"), isLimited || !filter.isEmpty {
            throw UsageError("--all removes everything, so nothing else can be chosen")
        }
        guard let store = try CacheStore.openIfThere(invocation) else {
            if invocation.isOn("json") { try context.output.write(json(nil)) }
            return try CacheStore.sayEmpty(invocation)
        }
        let entries = try CacheStore.reporting { try store.entries() }
        let plan = plan(entries, filter, isLimited: isLimited, limits: invocation.stateLimits)
        if !isDryRun, !plan.removed.isEmpty {
            _ = try CacheStore.reporting { try store.remove(plan.removed.map(\.entry.id)) }
        }
        if invocation.isOn("json") { return try context.output.write(json(plan)) }
        if !plan.removed.isEmpty { try context.output.write(table(plan).text(on: context.output)) }
        try context.error.write("localcode: \(sentence(plan, of: entries))\n")
    }

    private func plan(_ entries: [StateEntry], _ filter: EntryFilter, isLimited: Bool, limits: StateStore.Limits)
        -> PrunePlan
    {
        let now = SystemTime.wall()
        if isLimited {
            let wanted = RetentionLimits(
                bytes: invocation.bytes("max-size") ?? .max, entries: invocation.integer("max-entries") ?? .max)
            return PrunePlan(bringing: entries, fitting: filter, within: wanted, policy: limits.policy, now: now)
        }
        if invocation.isOn("all") || !filter.isEmpty { return PrunePlan(removing: entries, fitting: filter, now: now) }
        let ours = RetentionLimits(bytes: limits.bytes, entries: limits.entries, timeToLive: limits.timeToLive)
        return PrunePlan(bringing: entries, fitting: filter, within: ours, policy: limits.policy, now: now)
    }

    private func table(_ plan: PrunePlan) -> TextTable {
        let now = SystemTime.wall()
        var table = TextTable([
            .init(title: "KEY"), .init(title: "MODEL", least: 10), .init(title: "TOKENS", isNumber: true, rank: 2),
            .init(title: "SIZE", isNumber: true), .init(title: "USED", isNumber: true, rank: 1),
            .init(title: "REASON"), .init(title: "TITLE", least: 12, rank: 3),
        ])
        for (entry, reason) in plan.removed {
            table.add([
                EntryReport.key(entry), entry.model, "\(entry.tokens)", EntryReport.size(entry),
                HumanText.age(now - entry.used), reason.rawValue, entry.title,
            ])
        }
        return table
    }

    private func sentence(_ plan: PrunePlan, of entries: [StateEntry]) -> String {
        let stays =
            plan.kept.isEmpty
            ? "" : "; \(HumanText.count(plan.kept.count, "pinned state")) \(plan.kept.count == 1 ? "stays" : "stay")"
        let verb = isDryRun ? "would remove" : "removed"
        let rest = entries.count - plan.removed.count
        return "\(verb) \(CacheList.sum(plan.removed.map(\.entry))); \(HumanText.count(rest, "state")) left\(stays)"
    }

    private func json(_ plan: PrunePlan?) -> String {
        let removed = (plan?.removed ?? []).map { entry, reason -> JSONValue in
            var json = EntryReport.json(entry)
            json["reason"] = .string(reason.rawValue)
            return json
        }
        return PrettyJSON.text([
            "dry_run": .bool(isDryRun), "removed": .array(removed), "bytes": .number(plan?.bytes ?? 0),
            "kept_pinned": .array((plan?.kept ?? []).map { .string($0.key.hex) }),
        ])
    }
}

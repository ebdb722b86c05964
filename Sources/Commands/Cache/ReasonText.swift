import LocalCodeCore

/// Why a state is kept, in words: `came back 4 times in 2d, 7.1 s each; others go first for another 3h, since /x is active`.
enum ReasonText {
    static func text(_ entry: StateEntry, _ reason: StateReason, now: Double) -> String {
        var parts: [String] = []
        if let quarantine = entry.quarantine { parts.append("quarantined: \(quarantine)") }
        parts.append(use(entry, reason, now: now))
        if entry.quarantine == nil, let share = reason.share {
            parts.append(likelihood(share, reason.evidence))
        }
        parts.append(contentsOf: stay(entry, reason, now: now))
        return parts.joined(separator: "; ")
    }

    /// What it was good for.
    private static func use(_ entry: StateEntry, _ reason: StateReason, now: Double) -> String {
        let starts =
            entry.kind == .base
            ? "\(HumanText.count(reason.starts, "conversation")) began with it lately, " : ""
        guard entry.hits > 0 else { return starts + "not restored yet" }
        let each = HumanText.seconds(entry.secondsSaved / Double(entry.hits))
        let times = HumanText.count(entry.hits, "time")
        return starts + "came back \(times) in \(HumanText.age(now - entry.created)), \(each) each"
    }

    private static func likelihood(_ share: Double, _ evidence: ReturnRates.Count?) -> String {
        let part = "about \(HumanText.percent(share, of: 1)) of conversations like it come back"
        guard let evidence else { return part + " (a guess)" }
        let left = max(1, Int(evidence.left.rounded()))
        return part + " (\(min(left, Int(evidence.returned.rounded()))) of the last \(left))"
    }

    /// How long it stays.
    private static func stay(_ entry: StateEntry, _ reason: StateReason, now: Double) -> [String] {
        if let name = entry.name { return ["saved as '\(name)', stays until it is removed"] }
        if entry.isPinned { return ["pinned by hand, no limit removes it"] }
        var parts: [String] = []
        if let until = reason.pinnedUntil {
            let cause = entry.origin?.project.map { "\($0) is active" } ?? "it is in use"
            parts.append("others go first for another \(HumanText.age(until - now)), since \(cause)")
        }
        if let turn = reason.turn {
            parts.append(
                turn == 1
                    ? "goes first when room is needed"
                    : "\(HumanText.count(turn - 1, "other goes", "others go")) before it when room is needed")
        }
        if let expires = reason.expires {
            parts.append(
                expires > now ? "goes in \(HumanText.age(expires - now)) without use" : "has been unused for too long")
        }
        return parts
    }

    /// What `--why` adds for programs. Times are seconds since 1970.
    static func json(_ entry: StateEntry, _ reason: StateReason, now: Double) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "text": .string(text(entry, reason, now: now)),
            "turn": reason.turn.map { .number($0) } ?? .null,
            "expires": number(reason.expires),
            "pinned_until": number(reason.pinnedUntil),
            "starts": .number(reason.starts),
            "share": number(reason.share),
            "left": number(reason.evidence?.left),
            "returned": number(reason.evidence?.returned),
        ]
    }

    /// The columns of `cache ls --why`.
    static func table(_ entries: [StateEntry], _ reasons: [Int64: StateReason], now: Double) -> TextTable {
        var table = TextTable([
            .init(title: "KEY"), .init(title: "KIND", rank: 2), .init(title: "TOKENS", isNumber: true, rank: 3),
            .init(title: "SIZE", isNumber: true, rank: 1), .init(title: "TITLE", least: 12, rank: 4),
            .init(title: "WHY", least: 20),
        ])
        for entry in entries {
            table.add([
                EntryReport.key(entry), entry.kind.rawValue, "\(entry.tokens)", EntryReport.size(entry), entry.title,
                text(entry, reasons[entry.id] ?? StateReason(), now: now),
            ])
        }
        return table
    }
}

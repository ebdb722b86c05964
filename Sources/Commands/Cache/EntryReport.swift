import LocalCodeCore

/// States for people and for programs.
enum EntryReport {
    /// What `--json` tells of a state. Times are seconds since 1970, sizes bytes.
    static func json(_ entry: StateEntry) -> JSONValue {
        let origin = entry.origin
        return [
            "key": .string(entry.key.hex),
            "fingerprint": .string(entry.fingerprint.hex),
            "kind": .string(entry.kind.rawValue),
            "name": entry.name.map { .string($0) } ?? .null,
            "model": .string(entry.model),
            "title": .string(entry.title),
            "boundaries": .number(entry.boundaries.count),
            "tokens": .number(entry.tokens),
            "bytes": .number(entry.fileBytes),
            "state_bytes": .number(entry.stateBytes),
            "checkpoints": .array(entry.checkpoints.map { .number($0) }),
            "prefill_seconds": .number(entry.prefillSeconds),
            "created": .number(entry.created),
            "used": .number(entry.used),
            "hits": .number(entry.hits),
            "misses": .number(entry.misses),
            "seconds_saved": .number(entry.secondsSaved),
            "pinned": .bool(entry.isPinned),
            "state": .string(entry.quarantine == nil ? "ready" : "quarantined"),
            "quarantine": entry.quarantine.map { .string($0) } ?? .null,
            "path": .string(entry.path),
            "visible": .bool(!entry.isInRing),
            "request": origin.map { .string($0.kind.rawValue) } ?? .null,
            "client": origin?.client.map { .string($0) } ?? .null,
            "project": origin?.project.map { .string($0) } ?? .null,
        ]
    }

    /// One word or two: `ready`, `pinned`, `quarantined`.
    static func state(_ entry: StateEntry) -> String {
        switch (entry.isPinned, entry.quarantine != nil) {
        case (false, false): "ready"
        case (true, false): "pinned"
        case (false, true): "quarantined"
        case (true, true): "pinned, quarantined"
        }
    }

    static func size(_ entry: StateEntry) -> String { ByteCount(bytes: entry.fileBytes).description }

    static func key(_ entry: StateEntry) -> String { String(entry.key.hex.prefix(KeyPrefix.shown)) }

    /// The columns of `cache ls`.
    static func table(_ entries: [StateEntry], now: Double) -> TextTable {
        var table = TextTable([
            .init(title: "KEY"), .init(title: "KIND", rank: 5), .init(title: "MODEL", least: 10),
            .init(title: "DEPTH", isNumber: true, rank: 4), .init(title: "TOKENS", isNumber: true),
            .init(title: "SIZE", isNumber: true), .init(title: "AGE", isNumber: true, rank: 3),
            .init(title: "USED", isNumber: true, rank: 2), .init(title: "HITS", isNumber: true),
            .init(title: "SAVED", isNumber: true), .init(title: "STATE"), .init(title: "TITLE", least: 12, rank: 6),
        ])
        for entry in entries {
            table.add([
                key(entry), entry.kind.rawValue, entry.model, "\(entry.boundaries.count)", "\(entry.tokens)",
                size(entry), HumanText.age(now - entry.created), HumanText.age(now - entry.used), "\(entry.hits)",
                HumanText.seconds(entry.secondsSaved), state(entry),
                entry.name.map { "\($0): \(entry.title)" } ?? entry.title,
            ])
        }
        return table
    }
}

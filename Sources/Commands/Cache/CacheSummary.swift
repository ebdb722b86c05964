import LocalCodeCore

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

import LocalCodeCore

/// Which states are meant: those that fit everything that is said.
struct EntryFilter: Sendable {
    /// A part of the model's name, in any case of letters.
    var model: String?
    /// The beginning of the fingerprint's digits.
    var fingerprint: String?
    /// Seconds since the last use, at least.
    var unusedFor: Double?
    var isPinned = false
    var isQuarantined = false
    /// Never restored since it was saved.
    var isUnused = false

    /// Whether anything is said.
    var isEmpty: Bool {
        model == nil && fingerprint == nil && unusedFor == nil && !isPinned && !isQuarantined && !isUnused
    }

    func accepts(_ entry: StateEntry, now: Double) -> Bool {
        if let model, !entry.model.lowercased().contains(model.lowercased()) { return false }
        if let fingerprint, !entry.fingerprint.hex.hasPrefix(fingerprint) { return false }
        if let unusedFor, now - entry.used < unusedFor { return false }
        if isPinned, !entry.isPinned { return false }
        if isQuarantined, entry.quarantine == nil { return false }
        return !isUnused || entry.hits == 0
    }
}

/// The order of a list of states.
enum EntrySort: String, CaseIterable, Sendable {
    case age, size, hits, tokens, saved, used

    /// The oldest, largest or most useful one first; by use, the one used last.
    func sorted(_ entries: [StateEntry]) -> [StateEntry] {
        entries.enumerated().sorted { left, right in
            let (a, b) = (value(left.element), value(right.element))
            return a == b ? left.offset < right.offset : a > b
        }.map(\.element)
    }

    private func value(_ entry: StateEntry) -> Double {
        switch self {
        case .age: -entry.created
        case .size: Double(entry.fileBytes)
        case .hits: Double(entry.hits)
        case .tokens: Double(entry.tokens)
        case .saved: entry.secondsSaved
        case .used: entry.used
        }
    }
}

@testable import LocalCodeCore

/// States as values, without files.
enum EntryValues {
    static func entry(
        _ id: Int64, key: String? = nil, fingerprint: String = "f", model: String = "tiny", title: String = "t",
        bytes: Int = 100, created: Double = 0, used: Double = 0, hits: Int = 0, tokens: Int = 10, saved: Double = 0,
        isPinned: Bool = false, quarantine: String? = nil
    ) -> StateEntry {
        let digest = key.flatMap { Digest(hex: $0 + String(repeating: "0", count: 64 - $0.count)) }
        return StateEntry(
            id: id, fingerprint: SHA256.digest(Array(fingerprint.utf8)),
            key: digest ?? SHA256.digest(Array("\(id)".utf8)), boundaries: [], kind: .conversation, name: nil,
            model: model, title: title, tokens: tokens, stateBytes: bytes, fileBytes: bytes, checksum: [],
            checkpoints: [], prefillSeconds: 1, created: created, used: used, hits: hits, misses: 0,
            secondsSaved: saved, isPinned: isPinned, quarantine: quarantine, path: "/\(id)", isInRing: false)
    }
}

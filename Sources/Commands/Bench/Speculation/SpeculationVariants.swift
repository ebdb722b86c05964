import LocalCodeCore

/// The set-ups that `bench spec` compares, made from a model's entry: none, each n-gram kind, and each draft with several
/// lengths.
struct SpeculationVariants: Sendable {
    static let none = "none"

    /// As localcode.yaml has it.
    var entry: ModelEntry
    /// Kinds that the engine offers; empty where it does not tell.
    var offered: [String]
    /// Absolute paths of draft models.
    var drafts: [String] = []
    /// Most tokens of a draft.
    var lengths = [4, 8, 16]
    /// Kinds of n-gram speculation that are measured; nil: all that the engine offers.
    var kinds: [String]?

    /// How many tokens must match before an n-gram kind guesses, besides llama-server's own choice (12, and 24 for ngram-mod):
    /// fewer make it guess more often, and wrongly more often.
    static let shortMatch = 6
    /// Kinds that are tried where the engine does not tell what it offers.
    private static let known = ["ngram-simple", "ngram-map-k", "ngram-map-k4v", "ngram-mod", "ngram-cache"]

    var all: [Variant] {
        var all = [variant(Self.none, ModelEntry.Speculation(kinds: ["none"]))]
        let offered = (offered.isEmpty ? Self.known : offered).filter { $0.hasPrefix("ngram-") }
        for kind in kinds ?? offered where offered.contains(kind) { all += ngrams(kind) }
        for draft in drafts {
            for length in lengths {
                var speculation = ModelEntry.Speculation(kinds: ["draft-simple"], draft: draft)
                speculation.draftMax = length
                all.append(variant("\(Self.name(draft)) \(length)", speculation))
            }
        }
        // What the user has now belongs in the comparison, whatever it is.
        let isKnown = all.contains { $0.entry.speculation == entry.speculation }
        let now = entry.speculation
        let isNone = now.kinds.contains(Self.none) || now.kinds.isEmpty && now.draft == nil
        if !isKnown, !isNone { all.append(variant("as it is now", entry.speculation)) }
        return all
    }

    private func ngrams(_ kind: String) -> [Variant] {
        let plain = ModelEntry.Speculation(kinds: [kind])
        guard kind != "ngram-cache" else { return [variant(kind, plain)] }
        var short = plain
        short.ngramMatch = Self.shortMatch
        // ngram-mod guesses 48 tokens at least by itself, which a short match seldom allows.
        if kind == "ngram-mod" { (short.ngramMin, short.ngramMax) = (4, 32) } else { short.ngramMax = 16 }
        return [variant(kind, plain), variant("\(kind) \(Self.shortMatch)", short)]
    }

    private func variant(_ name: String, _ speculation: ModelEntry.Speculation) -> Variant {
        var entry = entry
        entry.speculation = speculation
        entry.hasGovernor = false
        return Variant(name: name, entry: entry)
    }

    /// The file's name without its ending.
    static func name(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".gguf") ? String(name.dropLast(5)) : name
    }

    /// `4,8,16`.
    static func lengths(from text: String) throws(UsageError) -> [Int] {
        var lengths: [Int] = []
        for part in text.split(separator: ",") {
            guard let length = Int(part), (1...128).contains(length) else {
                throw UsageError("invalid draft length '\(part)'", hint: "from 1 to 128, as in --lengths 4,8,16")
            }
            if !lengths.contains(length) { lengths.append(length) }
        }
        guard !lengths.isEmpty else { throw UsageError("--lengths is empty") }
        return lengths
    }
}

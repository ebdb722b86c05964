import LocalCodeCore

/// States that were saved under a name.
enum StateName {
    /// - Throws: `UsageError` for what is no name.
    static func checked(_ name: String) throws -> String {
        guard !name.isEmpty, name.utf8.count <= 100 else {
            throw UsageError("the name of a state has 1 to 100 bytes")
        }
        guard name.first != ".", name.first != "-", !name.unicodeScalars.contains(where: isForbidden) else {
            throw UsageError(
                "'\(TerminalText.neutralized(name))' cannot be the name of a state",
                hint: "a name has no slash and no control characters, and does not begin with a dot or a hyphen")
        }
        return name
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "/" || TerminalText.isControl(scalar)
    }

    /// Whether a word is the path of a file rather than a name.
    static func isPath(_ word: String) -> Bool { word.contains("/") }

    /// The states of this name, one for each engine that has one.
    static func find(_ name: String, in entries: [StateEntry], fingerprint: String? = nil) throws -> [StateEntry] {
        let named = entries.filter { $0.kind == .named && $0.name == name }
        let found = named.filter { entry in fingerprint.map { entry.fingerprint.hex.hasPrefix($0) } ?? true }
        guard found.isEmpty else { return found }
        guard named.isEmpty else {
            throw Failure(
                "the state '\(name)' is not for this fingerprint",
                hint:
                    "it is for \(named.map { String($0.fingerprint.hex.prefix(KeyPrefix.shown)) }.joined(separator: ", "))"
            )
        }
        let near = Spelling.nearest(to: name, among: entries.compactMap { $0.kind == .named ? $0.name : nil })
        throw Failure(
            "there is no state '\(TerminalText.neutralized(name))'",
            hint: near.map { "did you mean '\($0)'?" } ?? "'localcode state ls' shows the names")
    }

    /// The one state of this name.
    static func findOne(_ name: String, in entries: [StateEntry], fingerprint: String? = nil) throws -> StateEntry {
        let found = try find(name, in: entries, fingerprint: fingerprint)
        guard let only = found.first, found.count == 1 else {
            let list = found.map {
                "\($0.fingerprint.hex.prefix(KeyPrefix.shown)) (\(TerminalText.neutralized($0.model)))"
            }
            throw Failure(
                "\(found.count) engines have a state '\(name)'",
                hint: "choose one with --fingerprint: \(list.joined(separator: ", "))")
        }
        return only
    }
}

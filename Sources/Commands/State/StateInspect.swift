import LocalCodeCore

/// The work of `state inspect`.
struct StateInspect {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let (path, entry) = try place(invocation.operands.first ?? "")
        let file = try CacheStore.reporting { try StateFile(path: path) }
        var damage: String?
        if file.trailer != nil {
            do {
                try file.check()
            } catch {
                damage = error.reason
            }
        }
        let report = StateReport(file: file, entry: entry, damage: damage, now: SystemTime.wall())
        if invocation.isOn("json") {
            try context.output.write(PrettyJSON.text(report.json))
        } else {
            try context.output.write(report.text(on: context.output))
        }
        if let damage { throw Failure("\(path): \(damage)") }
    }

    /// A path, a name or the beginning of a key.
    private func place(_ word: String) throws -> (path: String, entry: StateEntry?) {
        let path = CacheStore.absolute(word, context)
        let store = try CacheStore.openIfThere(invocation)
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        if StateName.isPath(word) || Directories.isFile(path) {
            guard Directories.isFile(path) else { throw Failure("there is no file \(word)") }
            let resolved = Directories.resolved(path)
            return (resolved, entries.first { Directories.resolved($0.path) == resolved })
        }
        let fingerprint = try invocation["fingerprint"].map { try KeyPrefix.checked($0, what: "fingerprint") }
        let isName = entries.contains { $0.kind == .named && $0.name == word }
        let isKey =
            !isName && entries.contains { $0.key.hex.hasPrefix(word.lowercased()) } && word.count >= KeyPrefix.least
        let entry =
            isKey
            ? try KeyPrefix.find(word, in: entries).first
            : try StateName.findOne(word, in: entries, fingerprint: fingerprint)
        guard let entry, !entry.isInRing else {
            throw Failure("the file of '\(word)' is in a directory that only its engine sees")
        }
        return (entry.path, entry)
    }
}

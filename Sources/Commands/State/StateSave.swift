import LocalCodeCore

/// The work of `state save`.
struct StateSave {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let name = try StateName.checked(invocation.operands.first ?? "")
        let conversation = try invocation["conversation"].map { try KeyPrefix.checked($0) }
        guard invocation["slot"] == nil || conversation == nil else {
            throw UsageError("--slot and --conversation exclude each other")
        }
        let output = invocation["output"].map { CacheStore.absolute($0, context) }
        if let output { try checkTarget(output) }
        let service = try await StateService.find(invocation)
        let slot = invocation.integer("slot")
        let answer = try await service.closing { try await service.save(name, slot, conversation) }
        let entry = try entry(answer, name)
        if let output {
            guard let entry else {
                throw Failure(
                    "the state was saved, but not in \(CacheStore.directory(invocation))",
                    hint: "name the directory of 'localcode serve' with --cache-dir")
            }
            try export(entry, to: output)
        }
        if invocation.isOn("json") {
            var json = entry.map(EntryReport.json) ?? answer["entry"] ?? .null
            json["output"] = output.map { .string($0) } ?? .null
            return try context.output.write(PrettyJSON.text(json))
        }
        let tokens = answer["entry"]?["tokens"]?.int ?? entry?.tokens ?? 0
        let bytes = answer["entry"]?["bytes"]?.int ?? entry?.fileBytes ?? 0
        try context.error.write(
            "localcode: saved '\(name)': \(HumanText.count(tokens, "token")), \(ByteCount(bytes: bytes))\n")
        if let path = output ?? entry?.path { try context.output.write("\(path)\n") }
    }

    /// Before the engine is asked to write something large.
    private func checkTarget(_ path: String) throws {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard Project.isDirectory(parent.isEmpty ? "/" : parent) else {
            throw Failure("there is no directory \(parent)")
        }
        guard !Project.isDirectory(path) else { throw Failure("\(path) is a directory", hint: "name a file in it") }
    }

    private func export(_ entry: StateEntry, to path: String) throws {
        guard let store = try CacheStore.openIfThere(invocation) else { return }
        try CacheStore.reporting { try store.export(entry, to: path) }
    }

    /// The state in the store that we see; nil where `serve` has another one.
    private func entry(_ answer: JSONValue, _ name: String) throws -> StateEntry? {
        guard let fingerprint = answer["entry"]?["fingerprint"]?.string.flatMap(Digest.init(hex:)),
            let store = try CacheStore.openIfThere(invocation)
        else { return nil }
        return try CacheStore.reporting { try store.entry(named: name, fingerprint: fingerprint) }
    }
}

import LocalCodeCore

/// The work of `state rm`.
struct StateRemove {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let fingerprint = try invocation["fingerprint"].map { try KeyPrefix.checked($0, what: "fingerprint") }
        let store = try CacheStore.openIfThere(invocation)
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        // All names are looked up before the first state goes.
        let chosen = try invocation.operands.map { try StateName.findOne($0, in: entries, fingerprint: fingerprint) }
        let bytes = try CacheStore.reporting { try store?.remove(chosen.map(\.id)) ?? 0 }
        if invocation.isOn("json") {
            return try context.output.write(PrettyJSON.text(.array(chosen.map(EntryReport.json))))
        }
        let names = chosen.map { "'\($0.name ?? "")'" }.joined(separator: ", ")
        try context.error.write("localcode: removed \(names): \(ByteCount(bytes: bytes)) freed\n")
    }
}

import LocalCodeCore

/// The work of `cache pin` and `cache unpin`.
struct CachePin {
    let invocation: Invocation
    /// Pins, else lets go.
    let isPinning: Bool
    private var context: Context { invocation.context }

    func run() throws {
        let store = try CacheStore.openIfThere(invocation)
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        // All keys are looked up before the first state is changed.
        let chosen = try KeyPrefix.find(invocation.operands, in: entries)
        let changed = try CacheStore.reporting {
            try chosen.map { entry in
                try store?.pin(entry.id, isPinning)
                var entry = entry
                entry.isPinned = isPinning
                return entry
            }
        }
        if invocation.isOn("json") {
            return try context.output.write(PrettyJSON.text(.array(changed.map(EntryReport.json))))
        }
        for entry in changed {
            let title = TextTable.cut(TerminalText.neutralized(entry.title), to: 60)
            try context.error.write(
                "localcode: \(isPinning ? "pinned" : "unpinned") \(EntryReport.key(entry)) (\(title))\n")
        }
    }
}

import LocalCodeCore

extension Command {
    /// `localcode state`
    public static let state = Command(
        name: "state",
        summary: "Save and load the KV state of a slot under a name",
        details: """
            A named state is a file that says itself what it is: it can be kept, inspected, and moved to another machine whose \
            engine has the same fingerprint, that is, the same model, settings and build.
            """,
        subcommands: [stateSave, stateLoad, stateList, stateRemove, stateInspect, stateSlots])

    private static let stateSave = Command(
        name: "save",
        summary: "Save a slot's state under a name",
        details: """
            Saves the slot that was used last, or the one that is chosen. A state of the same name and engine is replaced. \
            Named states are pinned: no limit removes them. The path of the file goes to standard output.

            A running 'localcode serve' does the work, which knows what its slots hold.
            """,
        operands: [Operand("NAME", "name of the state", isRequired: true)],
        options: [
            .slot, .slotsModel,
            Option(
                "conversation", value: "KEY", help: "the slot that holds this conversation: the beginning of its key"),
            Option("output", "o", value: "FILE", completion: .file, help: "also write a copy to FILE, to be moved"),
            .json,
        ] + Option.reachingEngine,
        examples: [
            Example("localcode state save before-refactoring", "keep the state of the last conversation"),
            Example("localcode state save review --slot 1 -o review.kv", "keep slot 1 and take a copy along"),
        ],
        run: { try await StateSave(invocation: $0).run() })

    private static let stateLoad = Command(
        name: "load",
        summary: "Load a named state into a slot",
        details: """
            STATE is the name of a state, or the path of a file (with a slash) that 'localcode state save --output' wrote, \
            here or elsewhere; the file is then taken into the store under its name. What the slot holds is saved first.

            A state of an engine with another fingerprint is refused, and the differences are shown: the engine would take \
            it, and answer nonsense.
            """,
        operands: [Operand("STATE", "name of a state, or path of a file", isRequired: true, completion: .file)],
        options: [.slot, .slotsModel, .json] + Option.reachingEngine,
        examples: [
            Example("localcode state load before-refactoring", "go on from there"),
            Example("localcode state load ./review.kv --slot 0", "load a file from another machine"),
        ],
        run: { try await StateLoad(invocation: $0).run() })

    private static let stateList = Command(
        name: "ls",
        summary: "List the named states",
        options: [.onlyModel, .onlyFingerprint, .json, .cacheDirectory],
        examples: [Example("localcode state ls", "see the names")],
        run: { try StateList(invocation: $0).run() })

    private static let stateRemove = Command(
        name: "rm",
        summary: "Remove named states",
        operands: [Operand("NAME", "name of a state", isRequired: true, repeats: true)],
        options: [.onlyFingerprint, .json, .cacheDirectory],
        examples: [Example("localcode state rm before-refactoring", "remove one")],
        run: { try StateRemove(invocation: $0).run() })

    private static let stateInspect = Command(
        name: "inspect",
        summary: "Show what is in a state's file",
        details: """
            Shows tokens, sizes, the parts of the memory, checkpoints, message boundaries and the fingerprint's components, \
            and checks the file. A file that llama-server alone has written shows what there is. The exit status is 1 when \
            the file is damaged.
            """,
        operands: [
            Operand(
                "STATE", "path of a file, name of a state, or beginning of a key", isRequired: true, completion: .file)
        ],
        options: [.onlyFingerprint, .json, .cacheDirectory],
        examples: [
            Example("localcode state inspect ./review.kv", "look at a file before loading it"),
            Example("localcode state inspect review --json | jq .description.components", "see what it needs"),
        ],
        run: { try StateInspect(invocation: $0).run() })

    private static let stateSlots = Command(
        name: "slots",
        summary: "Show what the engine's slots hold",
        options: [.slotsModel, .json] + Option.reachingEngine,
        examples: [Example("localcode state slots", "see which slot holds which conversation")],
        run: { try await StateSlots(invocation: $0).run() })
}

extension Option {
    fileprivate static let slotsModel = Option(
        "model", "m", value: "NAME", help: "the configured model whose slots are meant; else the default one")

    fileprivate static let slot = Option("slot", value: "N", kind: .integer(0...9999), help: "this slot of the engine")
}

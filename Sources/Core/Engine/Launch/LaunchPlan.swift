/// How the engine of a model is started: its command line as a value. It is a function of what the user wants of the model, of
/// what the model's file says and of what the build of llama-server takes, and nothing else.
public struct LaunchPlan: Sendable, Equatable {
    /// One flag of the command line.
    public struct Flag: Sendable, Equatable {
        /// `--ctx-size`
        public let name: String
        /// What follows it.
        public let values: [String]
        /// What it is for, for people.
        public let comment: String
        /// The part that a KV state depends on; nil: none. The paths of files are not in it: their content counts.
        let state: [String]?

        public init(_ name: String, _ values: [String] = [], comment: String, state: [String]? = nil) {
            self.name = name
            self.values = values
            self.comment = comment
            self.state = state
        }
    }

    /// The model.
    public let entry: ModelEntry
    /// A llama-server, or something that takes its flags.
    public let executable: String
    /// The flags in order.
    public let flags: [Flag]
    /// Variables for its environment, besides those it inherits.
    public let environment: [String: String]
    /// What was left out, one sentence each: what this build does not have, with the build that has it, and what has no use.
    public let notes: [String]
    /// The kinds of speculation it is started with.
    public let speculation: [String]

    public init(
        entry: ModelEntry, executable: String, flags: [Flag], environment: [String: String] = [:], notes: [String] = [],
        speculation: [String] = []
    ) {
        self.entry = entry
        self.executable = executable
        self.flags = flags
        self.environment = environment
        self.notes = notes
        self.speculation = speculation
    }

    /// The plan for a model.
    /// - Parameters:
    ///   - capabilities: of the executable.
    ///   - slotDirectory: where it writes KV states and reads them; nil where none are kept.
    /// - Throws: what the model needs and this build does not have, or what does not go together.
    public static func make(
        _ entry: ModelEntry, executable: String, capabilities: EngineCapabilities, slotDirectory: String?
    ) throws(LaunchProblem) -> LaunchPlan {
        try make(
            entry, facts: ModelFacts(entry), executable: executable, capabilities: capabilities,
            slotDirectory: slotDirectory)
    }

    /// The plan for a model with these facts.
    static func make(
        _ entry: ModelEntry, facts: ModelFacts, executable: String, capabilities: EngineCapabilities,
        slotDirectory: String?
    ) throws(LaunchProblem) -> LaunchPlan {
        var builder = LaunchPlanBuilder(entry: entry, executable: executable, capabilities: capabilities)
        try builder.addModel()
        builder.addService(slotDirectory: entry.mode == .chat ? slotDirectory : nil)
        try builder.addContext()
        try builder.addTypes()
        builder.addComputation()
        try builder.addPooling(facts)
        try builder.addFiles()
        if entry.mode == .chat {
            try builder.addSpeculation()
            try builder.addTemplate()
            try builder.addSampling()
        }
        try builder.addExtraArguments()
        builder.noteContext(facts)
        builder.noteWhatHasNoUse()
        return LaunchPlan(
            entry: entry, executable: executable, flags: builder.flags, environment: entry.environment,
            notes: builder.notes, speculation: builder.speculation)
    }

    /// Whether it is started to guess ahead: then /slots must say that it does.
    public var wantsSpeculation: Bool { !speculation.isEmpty }

    /// All arguments of an engine that listens on a unix-domain socket. Its API key is not among them: everybody can see these.
    public func arguments(socket: String) -> [String] {
        flags.flatMap { [$0.name] + $0.values } + ["--host", socket]
    }

    /// The arguments that a KV state depends on.
    public var stateArguments: [String] {
        let variables = environment.filter { $0.key.hasPrefix("LLAMA_") }.sorted { $0.key < $1.key }
        return flags.flatMap { flag in flag.state.map { [flag.name] + $0 } ?? [] }
            + variables.map { "\($0.key)=\($0.value)" }
    }

    /// The files besides the model whose content a KV state depends on.
    public var stateFiles: [(component: String, path: String)] {
        var files: [(component: String, path: String)] = []
        if let projector = entry.projector { files.append(("mmproj", projector)) }
        for (index, adapter) in entry.adapters.enumerated() { files.append(("lora-\(index)", adapter.path)) }
        for (index, vector) in entry.controlVectors.enumerated() {
            files.append(("control-vector-\(index)", vector.path))
        }
        if speculation.contains(where: LaunchPlanBuilder.usesDraft), let draft = entry.speculation.draft {
            files.append(("draft", draft))
        }
        return files
    }
}

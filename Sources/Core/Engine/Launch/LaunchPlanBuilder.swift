/// Collects the flags of a plan; what this build lacks becomes a problem or a note.
struct LaunchPlanBuilder {
    let entry: ModelEntry
    let executable: String
    let capabilities: EngineCapabilities
    private(set) var flags: [LaunchPlan.Flag] = []
    private(set) var notes: [String] = []
    var speculation: [String] = []

    init(entry: ModelEntry, executable: String, capabilities: EngineCapabilities) {
        self.entry = entry
        self.executable = executable
        self.capabilities = capabilities
    }

    /// Adds a flag that changes what the model answers, or whether it fits: without it the engine must not start.
    /// - Parameters:
    ///   - spellings: of several builds, the newest first.
    ///   - feature: what it is called in a message, a plural or a noun with an article.
    ///   - state: what a KV state depends on of it; nil: nothing.
    mutating func need(
        _ spellings: String..., values: [String] = [], feature: String, comment: String, state: [String]? = nil
    ) throws(LaunchProblem) {
        guard let name = spellings.first(where: capabilities.offers) else { throw missing(feature) }
        flags.append(.init(name, values, comment: comment, state: state))
    }

    /// Adds a flag that the engine can do without. What it lacks is noted under the feature's name; nil: silently.
    mutating func want(
        _ spellings: String..., values: [String] = [], feature: String?, comment: String, state: [String]? = nil
    ) {
        if let name = spellings.first(where: capabilities.offers) {
            flags.append(.init(name, values, comment: comment, state: state))
        } else if let feature {
            leaveOut(feature)
        }
    }

    /// Adds a flag as it is.
    mutating func add(_ flag: LaunchPlan.Flag) { flags.append(flag) }

    /// Notes that something was left out.
    mutating func leaveOut(_ feature: String) {
        notes.append("\(entry.name) goes without \(feature), which \(engine) does not have; \(Self.remedy)")
    }

    /// Notes something else.
    /// - Parameter goesWithout: whether the text is what the model goes without.
    mutating func note(_ text: String, goesWithout: Bool = false) {
        notes.append(goesWithout ? "\(entry.name) goes without \(text)" : text)
    }

    /// A feature that the model cannot do without is not there.
    func missing(_ feature: String) -> LaunchProblem {
        LaunchProblem("it needs \(feature), which \(engine) does not have", hint: Self.remedy)
    }

    /// The engine with its version, for messages.
    private var engine: String {
        capabilities.version.isEmpty ? executable : "\(executable) (\(capabilities.version))"
    }

    /// The build that has everything.
    static let remedy =
        "llama.cpp's own llama-server of build \(EngineCapabilities.knownBuild) has that, and 'scripts/start --native' builds it"

    /// Whether a kind of speculation uses a second model, or a second part of the model, with a KV state of its own.
    static func usesDraft(_ kind: String) -> Bool { kind.hasPrefix("draft-") }
}

import LocalCodeCore

/// How models would be started, for people and for scripts.
struct PlanReport {
    /// A model with its plan, or with what is in the way.
    struct Model {
        var entry: ModelEntry
        var plan: Result<LaunchPlan, LaunchProblem>
        /// The memory it will take; nil where its files do not tell.
        var estimate: MemoryEstimate?

        /// For people.
        fileprivate var memory: String? {
            if let memory = entry.memory { return "\(ByteCount(bytes: memory)), as the configuration says" }
            return estimate.map { "about \($0.sentence)" }
        }
    }

    let models: [Model]
    let capabilities: EngineCapabilities

    /// Asks the llama-server what it takes, looks at the files of the models and plans; starts nothing.
    static func make(_ entries: [ModelEntry], _ invocation: Invocation) async throws -> PlanReport {
        guard let executable = invocation.engineExecutable else {
            throw Failure(
                "there is no llama-server: \(invocation["llama-server"] ?? invocation.setUpEngine)",
                hint: "run scripts/start, which provides one, or name one with --llama-server")
        }
        do {
            let capabilities = try await EngineCapabilities.read(
                executable: executable, cacheDirectory: invocation.cacheDirectory)
            let models = entries.map { entry in
                Model(
                    entry: entry, plan: plan(entry, executable: executable, capabilities: capabilities),
                    estimate: try? MemoryEstimate.of(entry, executable: executable))
            }
            return PlanReport(models: models, capabilities: capabilities)
        } catch {
            throw Failure(error.message, hint: error.hint)
        }
    }

    private static func plan(
        _ entry: ModelEntry, executable: String, capabilities: EngineCapabilities
    ) -> Result<LaunchPlan, LaunchProblem> {
        Result { () throws(LaunchProblem) in
            try LaunchPlan.check(entry)
            return try LaunchPlan.make(entry, executable: executable, capabilities: capabilities, slotDirectory: nil)
        }
    }

    /// The models that cannot be started.
    var failures: [Model] {
        models.filter { if case .failure = $0.plan { true } else { false } }
    }

    // MARK: Text

    /// Command lines that a shell takes; everything else in it is a comment.
    var text: String {
        "# \(capabilities.version.isEmpty ? "llama-server" : "llama-server \(capabilities.version)"). At the start "
            + "LocalCode adds a socket (--host), a key (LLAMA_API_KEY)\n# and, where KV states are kept, a directory for them "
            + "(--slot-save-path).\n\n" + models.map(Self.text).joined(separator: "\n")
    }

    private static func text(_ model: Model) -> String {
        let names = ([model.entry.name] + model.entry.aliases).joined(separator: ", ")
        switch model.plan {
        case .success(let plan):
            let memory = model.memory.map { ["# memory: " + $0] } ?? []
            return (["# " + names] + memory + plan.notes.map { "# note: " + $0 }).map(oneLine).joined(separator: "\n")
                + "\n"
                + plan.text
        case .failure(let problem):
            let hint = problem.hint.map { ["#   hint: " + $0] } ?? []
            return (["# " + names, "# cannot be started: " + problem.message] + hint).map(oneLine).joined(
                separator: "\n")
                + "\n"
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    // MARK: JSON

    /// One object a model.
    var json: JSONValue { .array(models.map(Self.json)) }

    private static func json(_ model: Model) -> JSONValue {
        var object: JSONObject = [
            "name": .string(model.entry.name), "aliases": .array(model.entry.aliases.map { .string($0) }),
        ]
        switch model.plan {
        case .success(let plan):
            object["executable"] = .string(plan.executable)
            object["flags"] = .array(plan.flags.map(json))
            object["environment"] = .array(plan.environment.keys.sorted().map { .string($0) })
            object["memory"] = (model.entry.memory ?? model.estimate?.total).map { .number($0) } ?? .null
            object["notes"] = .array(plan.notes.map { .string($0) })
        case .failure(let problem):
            object["problem"] = .string(problem.message)
            object["hint"] = problem.hint.map { .string($0) } ?? .null
        }
        return .object(object)
    }

    private static func json(_ flag: LaunchPlan.Flag) -> JSONValue {
        [
            "name": .string(flag.name), "values": .array(flag.values.map { .string($0) }),
            "comment": .string(flag.comment),
        ]
    }
}

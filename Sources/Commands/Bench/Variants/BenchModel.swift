import LocalCodeCore

/// The model that a benchmark is about, and the llama-server that runs it.
struct BenchModel: Sendable {
    var entry: ModelEntry
    var executable: String
    var capabilities: EngineCapabilities
    /// Whether localcode.yaml names it.
    var isConfigured: Bool

    /// - Parameter isRequired: else it is the first model of localcode.yaml, or that of the set-up.
    static func operand(isRequired: Bool) -> Operand {
        Operand("MODEL", "a model of localcode.yaml, or a GGUF file", isRequired: isRequired, completion: .file)
    }

    static let options: [Option] = [.llamaServer, .cacheDirectory]
}

extension BenchModel {
    /// - Throws: `Failure` where the model or the llama-server is not there, or cannot do this.
    init(_ invocation: Invocation) async throws {
        (entry, isConfigured) = try Self.entry(invocation)
        guard entry.mode == .chat else {
            throw Failure("\(entry.name) is there for \(entry.mode.rawValue), and this measures how models write")
        }
        guard let executable = invocation.engineExecutable else {
            throw Failure(
                "there is no llama-server at \(invocation["llama-server"] ?? invocation.setUpEngine)",
                hint: NextStep.engine)
        }
        self.executable = executable.hasPrefix("/") ? executable : CacheStore.absolute(executable, invocation.context)
        do {
            try LaunchPlan.check(entry)
            capabilities = try await EngineCapabilities.read(
                executable: self.executable, cacheDirectory: invocation.cacheDirectory)
        } catch {
            throw Failure(error.message, hint: error.hint)
        }
    }

    private static func entry(_ invocation: Invocation) throws -> (ModelEntry, isConfigured: Bool) {
        let models = invocation.models
        guard let name = invocation.operands.first else {
            guard let first = invocation.configuredModels.first(where: { $0.mode == .chat }) else {
                throw Failure(
                    "there is no model to measure",
                    hint: "name a GGUF file, or write models in localcode.yaml; docs/models.md shows how")
            }
            return (first, models.contains(first))
        }
        if let model = models.first(where: { $0.isCalled(name) }) { return (model, true) }
        let path = CacheStore.absolute(name, invocation.context)
        if Directories.isFile(path) {
            let file = Directories.resolved(path)
            let entry = ModelEntry(name: SpeculationVariants.name(file), source: .file(file))
            return (entry.withTemplateBesideModel, false)
        }
        guard !name.contains("/"), !name.hasSuffix(".gguf") else { throw Failure("there is no model file \(name)") }
        let near = Spelling.nearest(to: name, among: models.flatMap { [$0.name] + $0.aliases })
        throw Failure(
            "there is no model '\(name)' in localcode.yaml, and no file of that name",
            hint: near.map { "did you mean '\($0)'?" })
    }

    /// How an engine for an entry is started.
    func plan(_ entry: ModelEntry, slotDirectory: String? = nil) throws(Failure) -> LaunchPlan {
        let plan: LaunchPlan
        do {
            plan = try LaunchPlan.make(
                entry, executable: executable, capabilities: capabilities, slotDirectory: slotDirectory)
        } catch {
            throw Failure(error.message, hint: error.hint)
        }
        let wanted = entry.speculation
        let isWanted = !wanted.kinds.contains("none") && (!wanted.kinds.isEmpty || wanted.draft != nil)
        // It would be measured as what it is not.
        if isWanted, !plan.wantsSpeculation {
            throw Failure(plan.notes.first ?? "this llama-server cannot guess ahead")
        }
        return plan
    }

    /// What the report says of it.
    var note: String {
        let file: String
        switch entry.source {
        case .file(let path): file = path.split(separator: "/").last.map(String.init) ?? path
        case .huggingFace(let name): file = name
        }
        let version = capabilities.version.isEmpty ? "" : ", llama-server \(capabilities.version)"
        return (file == entry.name || file == entry.name + ".gguf" ? file : "\(entry.name): \(file)") + version
    }
}

import LocalCodeCore

extension Command {
    /// `localcode models show`
    static let modelsShow = Command(
        name: "show",
        summary: "Show what a model's file says, and the memory it needs",
        details: """
            Reads the header of a GGUF file, of all its parts if it is split: what the model is, its layers, its vocabulary, \
            what a token costs in KV values of each type, and how much memory llama-server takes with it. The digest tells \
            it from every other model, as the store of KV states does.

            The estimate is for flash attention and computing with one device; with a draft model, a projector or adapters \
            add what 'localcode models show' says of their files.
            """,
        operands: [
            Operand(
                "FILE", "a GGUF file, any part of a split one; also a model's name in localcode.yaml", isRequired: true,
                completion: .file)
        ],
        options: [
            Option(
                "context", value: "N", kind: .integer(1...1 << 30),
                help: "tokens of context for the estimate; 16384, or what the model has"),
            Option("slots", value: "N", fallback: "2", kind: .integer(1...256), help: "requests at a time"),
            Option(
                "type-k", value: "TYPE", fallback: "f16", choices: EngineLoad.offeredTypes, help: "type of the keys"),
            Option(
                "type-v", value: "TYPE", fallback: "f16", choices: EngineLoad.offeredTypes, help: "type of the values"),
            .json,
        ],
        examples: [
            Example("localcode models show gemma-3-270m.gguf", "see what it is and what it needs"),
            Example(
                "localcode models show big.gguf --context 65536 --type-k q8_0 --type-v q8_0", "see whether it fits"),
        ],
        run: { try ModelsShow(invocation: $0).run() })
}

/// The work of `models show`.
struct ModelsShow {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let path = try ModelFiles.path(invocation.operands.first ?? "", invocation)
        let header = try ModelFiles.reporting { () throws(GGUFError) in try ModelHeader.read(path: path) }
        let digest = try ModelFiles.reporting { () throws(GGUFError) in try GGUFIdentity.digest(path: path) }
        let load = try self.load(header)
        let report = ModelFileReport(header: header, digest: digest, load: load)
        if invocation.isOn("json") {
            try context.output.write(PrettyJSON.text(report.json))
        } else {
            try context.output.write(report.text(on: context.output))
        }
    }

    private func load(_ header: ModelHeader) throws -> EngineLoad {
        let trained = header.contextLength ?? EngineLoad.context
        var load = EngineLoad(
            context: invocation.integer("context") ?? min(trained, EngineLoad.context),
            slots: invocation.integer("slots") ?? 1)
        load.isPooling = header.kind == .embedding || header.kind == .reranker
        if load.isPooling { load.microBatch = load.batch }
        load.checkpoints = load.isPooling ? 0 : EngineLoad.checkpoints
        load.keyType = invocation["type-k"] ?? load.keyType
        load.valueType = invocation["type-v"] ?? load.valueType
        if let refusal = header.refusal(keyType: load.keyType, valueType: load.valueType) {
            throw Failure(refusal, hint: "'localcode models show \(invocation.operands[0])' lists the types that fit")
        }
        return load
    }
}

/// Files of models as the commands find them.
enum ModelFiles {
    /// Runs work with files of models and tells its errors.
    static func reporting<Result>(_ work: () throws(GGUFError) -> Result) throws(Failure) -> Result {
        do throws(GGUFError) {
            return try work()
        } catch {
            throw Failure(error.description, hint: error.hint)
        }
    }

    /// What an operand names: a file, or else a model of the configuration by its name or alias.
    static func path(_ operand: String, _ invocation: Invocation) throws -> String {
        let context = invocation.context
        let path = CacheStore.absolute(operand, context)
        guard !Directories.isFile(path), !Directories.isDirectory(path) else { return path }
        let loader = SettingsLoader(program: .program, context: context)
        // What is wrong with the file is told by other commands: this one is about a file of a model.
        let file = try loader.file(named: invocation["config"])
        let models = file.map { loader.content(of: $0).models } ?? []
        guard let model = models.first(where: { $0.isCalled(operand) }) else { return path }
        switch model.source {
        case .file(let path): return path
        case .huggingFace(let name):
            throw Failure("'\(model.name)' is downloaded by llama-server (\(name)): name its file")
        }
    }
}

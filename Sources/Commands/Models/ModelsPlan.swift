import LocalCodeCore

extension Command {
    /// `localcode models plan`
    static let modelsPlan = Command(
        name: "plan",
        summary: "Show how models would be started",
        details: """
            Prints the llama-server command line of each NAME, or of every model of localcode.yaml, a flag a line with what it \
            is for. The lines can be copied into a shell. Nothing is started.

            Above it stand the memory that it will take, and what is left out: what this llama-server lacks, with the build \
            that has it, and keys that have no use.
            """,
        operands: [Operand("NAME", "name or alias of a model in localcode.yaml", repeats: true)],
        options: [.llamaServer, .cacheDirectory, .json],
        examples: [
            Example("localcode models plan coder", "see the flags that coder is started with"),
            Example("localcode models plan coder | sh", "start it by hand"),
        ],
        run: { try await ModelsPlan(invocation: $0).run() })
}

extension Option {
    /// `--plan NAME`, the short way to `models plan NAME`.
    static let plan = Option(
        "plan", value: "NAME", repeats: true, help: "show how the model NAME would be started, as 'models plan' does")
}

/// The work of `models plan`.
struct ModelsPlan {
    let invocation: Invocation

    /// - Parameter names: of models or aliases; none: all.
    func run(names: [String]? = nil) async throws {
        let entries = try entries(names ?? invocation.operands)
        let report = try await PlanReport.make(entries, invocation)
        try invocation.context.output.write(
            invocation.isOn("json") ? PrettyJSON.text(report.json) : report.text)
        let failures = report.failures.map(\.entry.name)
        guard failures.isEmpty else {
            throw Failure("\(failures.joined(separator: ", ")) cannot be started; see above")
        }
    }

    private func entries(_ names: [String]) throws -> [ModelEntry] {
        let models = invocation.configuredModels
        guard !models.isEmpty else {
            throw Failure(
                "no models are configured, and the set-up has put none in place",
                hint: "name models below 'models:' in localcode.yaml; docs/models.md shows how")
        }
        guard !names.isEmpty else { return models }
        return try names.map { name in
            if let model = models.first(where: { $0.isCalled(name) }) { return model }
            let near = Spelling.nearest(to: name, among: models.flatMap { [$0.name] + $0.aliases })
            throw Failure("there is no model '\(name)'", hint: near.map { "did you mean '\($0)'?" })
        }
    }
}

extension Invocation {
    /// The models of localcode.yaml; without any, the one of the set-up.
    var configuredModels: [ModelEntry] {
        guard models.isEmpty else { return models }
        return ModelEntry.ofSetUp(Directories(environment: context.environment)).map { [$0] } ?? []
    }
}

import LocalCodeCore

extension Command {
    /// `localcode models ls`
    static let modelsList = Command(
        name: "ls",
        summary: "List the models and what they are doing",
        details: """
            Asks the running 'localcode serve' what the engines of its models are doing, what memory they take, and what \
            requests cost since it was started: for each kind of request the tokens that came from the cache, the speed of \
            writing, and how many of the tokens that speculation guessed were right. Without one the models of \
            localcode.yaml are listed, with the memory that each will take, and with what keeps it from being started.
            """,
        options: [.plan, .json, .host, .port, .apiKey, .llamaServer, .cacheDirectory],
        examples: [
            Example("localcode models", "see what is loaded"),
            Example("localcode models --plan coder", "see how coder would be started"),
            Example("localcode models ls --json | jq '.models[].figures.acceptance'", "see whether guessing pays"),
        ],
        run: { try await ModelsList(invocation: $0).run() })
}

/// The work of `models ls`.
struct ModelsList {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let planned = invocation.all("plan")
        guard planned.isEmpty else { return try await ModelsPlan(invocation: invocation).run(names: planned) }
        let serve = try ServeClient(invocation)
        guard let answer = try await answer(of: serve) else { return try listConfigured() }
        let models = answer["models"]?.array ?? []
        if invocation.isOn("json") {
            let report: JSONValue = ["serve": .string(serve.origin), "models": .array(models)]
            return try context.output.write(PrettyJSON.text(report))
        }
        guard !models.isEmpty else {
            return try say("'localcode serve' at \(serve.origin) has no models, and nobody has asked for one yet")
        }
        try context.output.write(ModelsTables.engines(models).text(on: context.output))
        let figures = ModelsTables.figures(models)
        guard !figures.rows.isEmpty else { return }
        try context.output.write("\n" + figures.text(on: context.output))
    }

    /// Nil where no `serve` is.
    private func answer(of serve: ServeClient) async throws -> JSONValue? {
        switch await serve.presence() {
        case .localCode: return try await serve.get("/localcode/models")
        case .absent(let reason): try note("no 'localcode serve' answers at \(serve.origin): \(reason)")
        case .other: try note("what answers at \(serve.origin) is no LocalCode")
        }
        return nil
    }

    private func note(_ text: String) throws {
        guard !invocation.isOn("json") else { return }
        try say("\(text); these are the models of the configuration")
    }

    private func listConfigured() throws {
        let models = invocation.configuredModels.map {
            ConfiguredModel($0, executable: invocation.engineExecutable)
        }
        if invocation.isOn("json") {
            return try context.output.write(
                PrettyJSON.text(["serve": .null, "models": .array(models.map(\.json))]))
        }
        guard !models.isEmpty else {
            return try say("no models are configured: name them in localcode.yaml, under 'models:'")
        }
        try context.output.write(ConfiguredModel.table(models).text(on: context.output))
    }

    private func say(_ line: String) throws { try context.error.write("localcode: \(line)\n") }
}

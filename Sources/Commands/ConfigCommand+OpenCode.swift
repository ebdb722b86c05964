import LocalCodeCore

extension Command {
    static let configOpenCode = Command(
        name: "opencode",
        summary: "Print the opencode.json that points OpenCode at this proxy",
        details: """
            Asks the running proxy for its models and their limits, so start it first; without it the models of \
            localcode.yaml are listed. One file serves OpenCode 1 and 2. Save it as opencode.json in a project, or as \
            ~/.config/opencode/opencode.json for all of them.
            """,
        options: [
            .host, .port, .model, .apiKey,
            Option(
                "context", value: "TOKENS", kind: .integer(1...(1 << 30)),
                help: "context of models whose context the proxy does not know"),
        ],
        examples: [
            Example("localcode config opencode > opencode.json", "use the proxy in this project"),
            Example(
                "OPENCODE_CONFIG_CONTENT=$(localcode config opencode) opencode", "use it once, without writing a file"),
        ],
        run: { try await OpenCodeCommand(invocation: $0).run() })
}

/// Asks the proxy what it has, and prints what OpenCode needs to know.
struct OpenCodeCommand {
    let invocation: Invocation

    private var context: Context { invocation.context }

    func run() async throws {
        guard let port = invocation.integer("port"), port > 0 else {
            throw UsageError(
                "port 0 says nothing about where the proxy listens", hint: "name the port it printed with '--port'")
        }
        let origin = Self.origin(host: invocation["host"] ?? "127.0.0.1", port: port)
        let models = try await models(at: origin)
        for unknown in models.all where unknown.context == nil {
            try note(
                "the context of '\(unknown.id)' is not known: OpenCode will not compact in time; say it with '--context'"
            )
        }
        if invocation["api-key"] != nil, invocation.source(of: "api-key") != .environment(OpenCodeFile.keyVariable) {
            try note("OpenCode will read the key from \(OpenCodeFile.keyVariable); export it where OpenCode runs")
        }
        let file = OpenCodeFile(baseURL: "\(origin)/v1", hasKey: invocation["api-key"] != nil, models: models)
        try context.output.write(PrettyJSON.text(file.json))
    }

    /// Where a client reaches the proxy: an address that means every interface is reached over loopback.
    static func origin(host: String, port: Int) -> String {
        let reachable = ["0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"][host] ?? host
        return reachable.contains(":") ? "http://[\(reachable)]:\(port)" : "http://\(reachable):\(port)"
    }

    private func note(_ text: String) throws { try context.error.write("localcode: note: \(text)\n") }

    // MARK: - Asking

    /// The models of the proxy; where none answers, those that it will have.
    private func models(at origin: String) async throws -> OpenCodeModels {
        let answers = try await answers(from: origin)
        let context = invocation.integer("context")
        if let list = answers.models {
            return OpenCodeModels(list: list, slots: answers.slots, model: model, context: context)
        }
        let models = OpenCodeModels(configured: invocation.models, model: model, context: context)
        let listed =
            invocation.models.contains { $0.mode == .chat }
            ? "the models of \(invocation.configurationFile ?? "localcode.yaml") are listed"
            : "only the model '\(model)' is listed"
        try note("\(answers.problem), so \(listed); start 'localcode serve' and run this again")
        return models
    }

    /// The model of requests that name none, as 'serve' finds it: what the user says, else the first that is configured.
    private var model: String {
        let setting = invocation["model"] ?? ""
        guard invocation.source(of: "model") == .fallback else { return setting }
        return invocation.models.first { $0.mode == .chat }?.name ?? setting
    }

    private struct Answers {
        var models: JSONValue?
        /// The context of one slot of the engines that run.
        var slots: [String: Int] = [:]
        /// Why there is no list of models.
        var problem = ""
    }

    private func answers(from origin: String) async throws -> Answers {
        let client = try HTTPClient(HTTPClient.Configuration(environment: context.environment))
        do {
            let models = try await get("\(origin)/v1/models", client)
            var answers = Answers(models: models)
            // Not every backend has /props: without it the list has to do. Only engines that run are asked: no model is loaded
            // for this.
            for name in OpenCodeModels.running(models) {
                let props = try? await get("\(origin)/props?model=\(ServeClient.escaped(name))", client)
                answers.slots[name] = props?["default_generation_settings"]?["n_ctx"]?.int
            }
            return answers
        } catch let error as HTTPClientError where error.kind == .connect {
            return Answers(problem: "nothing listens on \(origin)")
        } catch let error as HTTPClientError {
            return Answers(problem: "\(origin) does not answer (\(error.message))")
        } catch let error as Failure {
            return Answers(problem: error.message)
        } catch let error as JSONError {
            return Answers(problem: "\(origin) answered something else than JSON (\(error.reason))")
        }
    }

    private func get(_ url: String, _ client: HTTPClient) async throws -> JSONValue {
        var headers: HTTPHeaders = [:]
        if let key = invocation["api-key"] { headers["Authorization"] = "Bearer \(key)" }
        let response = try await client.send(
            HTTPRequest(url: url, headers: headers, connectTimeout: .seconds(3), idleTimeout: .seconds(10)))
        let body = try await response.body.collect(upTo: 16 << 20)
        guard response.status == 200 else { throw Failure("\(url) answered with status \(response.status)") }
        return try JSONValue(parsing: body)
    }
}

import LocalCodeCore

/// The work of `route explain`.
struct RouteExplain {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let file = invocation.operands.first
        guard (file == nil) == invocation.isOn("last") else {
            throw UsageError(
                file == nil ? "there is nothing to explain" : "a file and --last exclude each other",
                hint: "give the file of a request, or --last")
        }
        let headers = try invocation.all("header").map(RouteSubject.field)
        let subject = try file.map { try RouteSubject.read($0, adding: headers, context) }
        guard let report = try await report(of: subject) else {
            return try context.output.write(invocation.isOn("json") ? "null\n" : "no requests yet\n")
        }
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(report)) }
        try context.output.write(RouteText(report: report, now: SystemTime.wall(), stream: context.output).text)
    }

    /// - Returns: nil where the server has got no request yet.
    private func report(of subject: RouteSubject?) async throws -> JSONValue? {
        let endpoint = ChatEndpoint(invocation)
        let serve = try serve(endpoint)
        switch await serve.presence() {
        case .localCode:
            guard let subject else { return try await serve.get("/localcode/requests?limit=1")["requests"]?[0] }
            return try await serve.post("/localcode/route", subject.json.bytes)
        case .other: return try offline(subject, endpoint, "what answers at \(endpoint.base) is no 'localcode serve'")
        case .absent(let reason):
            return try offline(subject, endpoint, "no 'localcode serve' answers at \(endpoint.base) (\(reason))")
        }
    }

    private func serve(_ endpoint: ChatEndpoint) throws -> ServeClient {
        do {
            let client = try HTTPClient(HTTPClient.Configuration(environment: context.environment))
            return ServeClient(origin: endpoint.base, key: endpoint.key, client: client)
        } catch {
            throw Failure(error.message)
        }
    }

    // MARK: Without a server

    private func offline(_ subject: RouteSubject?, _ endpoint: ChatEndpoint, _ reason: String) throws -> JSONValue {
        guard let subject else {
            throw Failure("\(reason), so there is no last request", hint: "start it, or give a file")
        }
        guard !endpoint.isNamed else { throw Failure(reason) }
        let source = invocation.configurationFile.map { "from \($0)" } ?? "as it is without a localcode.yaml"
        try context.error.write("localcode: \(reason); this is decided \(source), without prices\n")
        let report = RouteReport(
            try subject.chat, headers: subject.headers, configuration: invocation.routing,
            offers: RouteOffer.all(of: invocation.models, hasGLM: hasGLM), defaultModel: defaultModel)
        return report.json
    }

    /// As `serve` has them.
    private var hasGLM: Bool { invocation["glm-key"] != nil || invocation["glm-url"] != Option.glmURL.fallback }

    private var defaultModel: String {
        let setting = invocation["model"] ?? ""
        guard invocation.source(of: "model") == .fallback else { return setting }
        return invocation.models.first { $0.mode == .chat }?.name ?? setting
    }
}

extension Exchange {
    /// GET /localcode/requests: how the last requests were routed, the newest first.
    func listRequests() async throws {
        let reports = proxy.backends.routes.reports
        let limit = queryValue("limit").flatMap(Int.init) ?? reports.count
        let body: JSONValue = ["requests": .array(reports.prefix(max(0, limit)).map(\.json))]
        try await send(body.bytes)
        note(status: 200)
    }

    /// POST /localcode/route: `{"headers":{…},"body":{…}}`. How such a request would be routed at this moment; nobody is asked
    /// it.
    func explainRoute() async throws {
        let question = try json()
        guard let body = question["body"], body.kind == .object else {
            throw APIError.invalid("body", "'body' is missing: the request to explain")
        }
        var headers: HTTPHeaders = [:]
        if let fields = question["headers"], fields.kind == .object {
            for (name, value) in fields.members {
                if let name = name.string, let value = value.string { headers.add(name, value) }
            }
        }
        let kind: ChatRequest.Kind =
            body["messages"] != nil ? .chat : body["input_prefix"] != nil ? .infill : .completion
        let chat = try ChatRequest(JSONView(validating: Array(body.text)), kind: kind)
        let route = await Router(backends: proxy.backends, headers: headers).route(chat, isQuestion: true)
        let record = RouteRecord(id: "", route, desk: proxy.backends.routes, asked: chat.model)
        let desk = proxy.backends.routes
        // What it would be made into is tried on a memory of its own.
        let (_, applied) = try Stabilisers.apply(
            chat, request: route.request, enabled: desk.configuration.stabilisers, memory: StabiliserMemory())
        record.stabilised(applied)
        try await send(record.report.json.bytes)
        note(status: 200)
    }

    /// Does what an endpoint does, with the last door shut where the request must not leave this machine.
    func privately(_ body: () async throws -> Void) async throws {
        // The header says so whatever the body is.
        let sent = try? JSONView(validating: request.body)
        let view =
            sent.flatMap { $0.kind == .object ? $0 : nil } ?? JSONView(document: Array("{}".utf8), start: 0, end: 2)
        let router = Router(backends: proxy.backends, headers: request.headers)
        try await LocalOnly.run(router.isLocalOnly(view)) { try await body() }
    }
}

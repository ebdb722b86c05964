/// One row of the table of endpoints.
struct Endpoint: Sendable {
    let method: String
    /// The path; `{id}` at its end stands for the rest, slashes included. Each is served below /v1 as well.
    let path: String
    /// Whether it answers without the API key.
    let isPublic: Bool
    let run: @Sendable (_ exchange: Exchange, _ id: String) async throws -> Void

    private init(
        _ method: String, _ path: String, isPublic: Bool = false,
        _ run: @escaping @Sendable (_ exchange: Exchange, _ id: String) async throws -> Void
    ) {
        self.method = method
        self.path = path
        self.isPublic = isPublic
        self.run = run
    }

    /// All endpoints. To add one, add a row.
    static let all: [Endpoint] = [
        Endpoint("POST", "/chat/completions") { exchange, _ in try await exchange.complete(.chat) },
        Endpoint("POST", "/completions") { exchange, _ in try await exchange.complete(.completion) },
        Endpoint("GET", "/models") { exchange, _ in try await exchange.listModels() },
        Endpoint("GET", "/models/{id}") { exchange, id in try await exchange.showModel(id) },
        Endpoint("GET", "/health", isPublic: true) { exchange, _ in try await exchange.health() },
        Endpoint("POST", "/embeddings") { exchange, _ in
            try await exchange.privately {
                try await exchange.passToEngine("/v1/embeddings", mode: .embedding, kind: .embedding)
            }
        },
        Endpoint("POST", "/infill") { exchange, _ in try await exchange.privately { try await exchange.infill() } },
        Endpoint("POST", "/rerank") { exchange, _ in try await exchange.privately { try await exchange.rerank() } },
        Endpoint("POST", "/reranking") { exchange, _ in try await exchange.privately { try await exchange.rerank() } },
        Endpoint("POST", "/v2/rerank") { exchange, _ in try await exchange.privately { try await exchange.rerank() } },
        Endpoint("POST", "/tokenize") { exchange, _ in
            try await exchange.privately { try await exchange.passToEngine("/tokenize") }
        },
        Endpoint("POST", "/detokenize") { exchange, _ in
            try await exchange.privately { try await exchange.passToEngine("/detokenize") }
        },
        Endpoint("POST", "/apply-template") { exchange, _ in
            try await exchange.privately { try await exchange.applyTemplate() }
        },
        Endpoint("GET", "/props") { exchange, _ in try await exchange.passToEngine("/props") },
        Endpoint("GET", "/lora-adapters") { exchange, _ in try await exchange.passToEngine("/lora-adapters") },
        Endpoint("POST", "/lora-adapters") { exchange, _ in try await exchange.scaleAdapters() },
        Endpoint("GET", "/metrics") { exchange, _ in try await exchange.showMetrics() },
        Endpoint("GET", "/localcode/models") { exchange, _ in try await exchange.reportModels() },
        Endpoint("GET", "/localcode/requests") { exchange, _ in try await exchange.listRequests() },
        Endpoint("POST", "/localcode/route") { exchange, _ in try await exchange.explainRoute() },
        Endpoint("POST", "/localcode/steer") { exchange, _ in try await exchange.steer() },
        Endpoint("GET", "/localcode/slots") { exchange, _ in try await exchange.listSlots() },
        Endpoint("POST", "/localcode/state/save") { exchange, _ in try await exchange.saveState() },
        Endpoint("POST", "/localcode/state/load") { exchange, _ in try await exchange.loadState() },
        Endpoint("POST", "/localcode/cache/warm") { exchange, _ in
            try await exchange.privately { try await exchange.warmCache() }
        },
    ]

    /// The end of the path that `{id}` stands for, empty without one; nil when the path is another.
    func match(_ path: Substring) -> String? {
        guard self.path.hasSuffix("{id}") else { return path == self.path ? "" : nil }
        let start = self.path.dropLast(4)
        guard path.hasPrefix(start), path.count > start.count else { return nil }
        return Self.percentDecoded(path.dropFirst(start.count))
    }

    static func answer(_ exchange: Exchange) async throws {
        let request = exchange.request
        var path = Substring(request.path)
        if path.hasPrefix("/v1/") { path = path.dropFirst(3) }
        if path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        let matches = all.compactMap { endpoint in endpoint.match(path).map { (endpoint: endpoint, id: $0) } }
        guard let first = matches.first else {
            try Authorization.check(request.headers, key: exchange.proxy.settings.apiKey)
            throw APIError(
                status: 404, message: "there is no \(request.path) here; try /v1/chat/completions", code: "unknown_url")
        }
        let methods =
            matches.flatMap { $0.endpoint.method == "GET" ? ["GET", "HEAD"] : [$0.endpoint.method] } + ["OPTIONS"]
        if request.method == "OPTIONS" {
            var headers = CrossOrigin.preflight(
                methods: methods, wanted: request.headers["access-control-request-headers"])
            headers.add("Allow", methods.joined(separator: ", "))
            return try await exchange.send([], status: 204, headers: headers, contentType: nil)
        }
        if !first.endpoint.isPublic { try Authorization.check(request.headers, key: exchange.proxy.settings.apiKey) }
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let match = matches.first(where: { $0.endpoint.method == method }) else {
            throw APIError(
                status: 405,
                message: "\(request.path) does not take \(request.method); it takes \(first.endpoint.method)",
                code: "method_not_allowed", headers: ["Allow": methods.joined(separator: ", ")])
        }
        try await match.endpoint.run(exchange, match.id)
    }

    static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            // A number may have a sign for Swift, not here.
            if byte == 0x25, rest.count >= 2, rest.first != UInt8(ascii: "+"), rest.first != UInt8(ascii: "-"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

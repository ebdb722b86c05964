import Synchronization

/// A llama-server that somebody started: where it is and what it says of itself.
public final class LlamaServer: Sendable {
    /// Where a llama-server listens.
    public struct Address: Sendable, Equatable {
        /// `http://127.0.0.1:8080`, what its endpoints' paths are appended to. With a unix socket, any http URL.
        public let url: String
        /// Path of its unix-domain socket.
        public let unixSocket: String?
        /// Its `--api-key`.
        public let apiKey: String?

        /// - Parameter url: may end in slashes, or in the `/v1` that OpenAI's clients want.
        public init(url: String, unixSocket: String? = nil, apiKey: String? = nil) {
            self.url = Self.base(url)
            self.unixSocket = unixSocket
            self.apiKey = apiKey
        }

        private static func base(_ url: String) -> String {
            var base = url[...]
            while base.hasSuffix("/") { base.removeLast() }
            guard base.hasSuffix("/v1") else { return String(base) }
            return self.base(String(base.dropLast(3)))
        }

        /// How to call it in a message: its place, without the password that a URL can hold.
        public var name: String {
            if let unixSocket { return unixSocket }
            guard let scheme = url.firstRange(of: "://") else { return url }
            let rest = url[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard let at = authority.lastIndex(of: "@") else { return url }
            return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
        }
    }

    /// A model it serves.
    public struct Model: Sendable, Equatable {
        public let id: String
        public let aliases: [String]
        /// The entry of `/v1/models`, as it was sent.
        public let entry: [UInt8]

        /// What it reads, `text` and `image` for example; nil where it does not say.
        var inputModalities: [String]? {
            guard let list = (try? JSONView(validating: entry))?["architecture"]?["input_modalities"],
                list.kind == .array
            else { return nil }
            return list.elements.compactMap { $0.string }
        }
    }

    public let address: Address
    private let client: HTTPClient
    private let models = Mutex<(list: [Model], asOf: ContinuousClock.Instant)?>(nil)
    let knownInputs = Mutex<Inputs?>(nil)

    public init(_ address: Address, client: HTTPClient) {
        self.address = address
        self.client = client
    }

    /// Sends a request; the body goes out as it is.
    /// - Throws: `HTTPClientError`, or `CancellationError`.
    public func send(
        _ method: String, _ target: String, body: [UInt8]? = nil, contentType: String = "application/json",
        idleTimeout: Duration = .seconds(3600)
    ) async throws -> HTTPResponse {
        try await client.send(request(method, target, body: body, contentType: contentType, idleTimeout: idleTimeout))
    }

    private func request(
        _ method: String, _ target: String, body: [UInt8]?, contentType: String, idleTimeout: Duration
    ) -> HTTPRequest {
        var headers: HTTPHeaders = [:]
        if body != nil { headers.add("Content-Type", contentType) }
        if let key = address.apiKey { headers.add("Authorization", "Bearer \(key)") }
        return HTTPRequest(
            method: method, url: address.url + target, headers: headers, body: body, unixSocket: address.unixSocket,
            connectTimeout: .seconds(5), idleTimeout: idleTimeout)
    }

    /// Whether it can take requests: nil, or why it cannot.
    public func problem(within limit: Duration = .seconds(2)) async -> String? {
        do {
            let response = try await withTimeLimit(limit) {
                let response = try await self.send("GET", "/health")
                _ = try await response.body.collect(upTo: 1 << 16)
                return response
            }
            if response.status == 200 { return nil }
            return response.status == 503
                ? "llama-server at \(address.name) is still loading its model"
                : "llama-server at \(address.name) answers its health check with status \(response.status)"
        } catch is TimeLimitExceeded {
            return "llama-server at \(address.name) does not answer"
        } catch {
            return "llama-server at \(address.name) cannot be reached: \(error)"
        }
    }

    /// Whether what listens there is a llama-server, rather than anything else that likes its port.
    public func isLlamaServer() async -> Bool {
        let body = try? await withTimeLimit(.seconds(1)) {
            try await self.send("GET", "/props").body.collect(upTo: 4 << 20)
        }
        guard let body, let props = try? JSONView(validating: body) else { return false }
        return props["default_generation_settings"] != nil || props["role"]?.string == "router"
    }

    /// What it serves; remembered for half a minute. Empty when it does not answer.
    public func currentModels() async -> [Model] {
        let known = models.withLock { $0 }
        if let known, known.asOf + .seconds(30) > .now { return known.list }
        guard let fresh = try? await withTimeLimit(.seconds(2), { try await self.fetchModels() }) else {
            // Who does not answer is not asked with every request.
            models.withLock { $0 = (known?.list ?? [], .now - .seconds(25)) }
            return known?.list ?? []
        }
        models.withLock { $0 = (fresh, .now) }
        return fresh
    }

    private func fetchModels() async throws -> [Model] {
        let response = try await send("GET", "/v1/models")
        let body = try await response.body.collect(upTo: 4 << 20)
        guard response.status == 200, let data = try JSONView(validating: body)["data"], data.kind == .array else {
            return []
        }
        return data.elements.compactMap { entry in
            guard let id = entry["id"]?.string else { return nil }
            var aliases: [String] = []
            if let list = entry["aliases"], list.kind == .array { aliases = list.elements.compactMap { $0.string } }
            return Model(id: id, aliases: aliases, entry: Array(entry.text))
        }
    }
}

extension LlamaServer {
    /// llama-server's error answer in OpenAI's terms. Its message stays: OpenCode knows a full context by its words.
    public static func error(status: Int, body: [UInt8]) -> APIError {
        let error = (try? JSONView(validating: body))?["error"]
        let message = error?["message"]?.string ?? "llama-server answered with status \(status)"
        let type = error?["type"]?.string
        var result = APIError(status: (400...599).contains(status) ? status : 502, message: message, type: type)
        if type == "exceed_context_size_error" {
            result.code = APIError.contextLengthExceeded
            result.type = "invalid_request_error"
            if let tokens = error?["n_prompt_tokens"]?.int, let context = error?["n_ctx"]?.int {
                result.message += " (\(tokens) tokens of prompt, \(context) of context)"
            }
        }
        if status == 401 { result.message += " (the llama-server's own key is wrong or missing: see --engine-key)" }
        if status == 503 { result.headers["Retry-After"] = "2" }
        return result
    }
}

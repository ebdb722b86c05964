/// The GLM API over HTTP: where it is, who we are, and what a failed request is worth.
public struct GLMBackend: Sendable {
    /// The prepaid endpoint.
    public static let generalURL = "https://api.z.ai/api/paas/v4"
    /// The Coding Plan's endpoint.
    public static let codingURL = "https://api.z.ai/api/coding/paas/v4"
    /// What is sent in the place of a key when there is none, so that the gateway's own words reach the user.
    public static let placeholderKey = "dummy"

    /// The base URL, without a slash at its end.
    public let baseURL: String
    /// Whether a key is configured.
    public let hasKey: Bool
    /// When to send again.
    public let retries: RetryPolicy
    private let key: String
    private let client: HTTPClient

    /// - Parameters:
    ///   - baseURL: what `/chat/completions` is appended to.
    ///   - key: the API key; space around it is dropped, as a key read from a file ends in a newline.
    public init(baseURL: String = codingURL, key: String?, client: HTTPClient, retries: RetryPolicy = RetryPolicy()) {
        var url = Substring(baseURL.filter { !$0.isWhitespace })
        while url.hasSuffix("/") { url.removeLast() }
        self.baseURL = String(url)
        let trimmed = (key ?? "").filter { !$0.isWhitespace }
        hasKey = !trimmed.isEmpty && trimmed != Self.placeholderKey
        self.key = trimmed.isEmpty ? Self.placeholderKey : trimmed
        self.client = client
        self.retries = retries
    }

    /// The HTTP request for a body that `GLMRequest.transform` made.
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - requestID: the id in it.
    ///   - attempt: how many times it was sent, this time included. A repetition gets an id of its own, for the gateway
    ///     refuses one that it has seen.
    ///   - path: of the endpoint.
    public func request(
        for body: [UInt8], requestID: String, attempt: Int = 1, path: String = "/chat/completions"
    ) -> HTTPRequest {
        var body = body
        if attempt > 1, let view = try? JSONView(validating: body), view.kind == .object {
            let id = requestID.prefix(60) + "-\(attempt)"
            body = view.editing([.set("request_id", JSONText.quoted(String(id)))])
        }
        return HTTPRequest(
            method: "POST", url: baseURL + path,
            headers: [
                "Authorization": "Bearer \(key)", "Content-Type": "application/json", "Accept-Language": "en-US,en",
            ],
            body: body, connectTimeout: .seconds(10), idleTimeout: .seconds(600))
    }

    /// Sends a request, again where that may help, and returns the first answer with status 200.
    /// - Parameter policy: when to send it again; nil: as all requests.
    /// - Throws: `UpstreamFailure`, or `CancellationError`.
    public func send(
        _ body: [UInt8], requestID: String, path: String = "/chat/completions", retries policy: RetryPolicy? = nil
    ) async throws -> HTTPResponse {
        // Whatever leads there, it is hosted elsewhere.
        guard !LocalOnly.isOn else {
            throw UpstreamFailure(
                httpStatus: 400, type: "invalid_request_error", code: "local_only",
                message: "this request must not leave the machine, and GLM is not on it")
        }
        return try await (policy ?? retries).run(clock: ContinuousClock()) { attempt in
            let response: HTTPResponse
            do {
                response = try await client.send(request(for: body, requestID: requestID, attempt: attempt, path: path))
            } catch let error as HTTPClientError {
                throw GLMError.classify(error)
            }
            guard response.status != 200 else { return response }
            // An error's text is short; what is longer is not read.
            let text = (try? await response.body.collect(upTo: 64 << 10)) ?? []
            throw GLMError.classify(status: response.status, body: text, headers: response.headers, hasKey: hasKey)
        }
    }
}

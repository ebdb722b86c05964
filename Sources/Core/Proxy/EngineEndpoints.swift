extension Exchange {
    /// Hands the request to the engine as it is, and its answer back.
    /// - Parameter path: where llama-server has this endpoint: some only with /v1, some only without, and a few under both
    ///   names with different meanings.
    func passToEngine(_ path: String) async throws {
        let engine = try engine()
        if request.method == "POST" { _ = try json() }
        let response: HTTPResponse
        let body: [UInt8]
        do {
            response = try await engine.send(
                request.method == "HEAD" ? "GET" : request.method, path + (request.query.map { "?\($0)" } ?? ""),
                body: request.method == "POST" ? request.body : nil)
            body = try await response.body.collect(upTo: proxy.settings.answerLimit)
        } catch let error as HTTPClientError {
            throw APIError(error, from: "llama-server")
        }
        guard response.isSuccess else { throw LlamaServer.error(status: response.status, body: body) }
        try await send(
            body, status: response.status, headers: ["x-localcode-backend": "llama-server"],
            contentType: response.headers["content-type"])
        note(status: response.status)
    }
}

extension Exchange {
    /// Hands the request to the engine as it is, and its answer back.
    func passToEngine() async throws {
        let engine = try engine()
        if request.method == "POST" { _ = try json() }
        let response: HTTPResponse
        let body: [UInt8]
        do {
            response = try await engine.send(
                request.method == "HEAD" ? "GET" : request.method, request.target,
                body: request.method == "POST" ? request.body : nil)
            body = try await response.body.collect(upTo: proxy.settings.answerLimit)
        } catch let error as HTTPClientError {
            throw APIError(error, from: "llama-server")
        }
        guard response.status < 400 else { throw LlamaServer.error(status: response.status, body: body) }
        try await send(
            body, status: response.status, headers: ["x-localcode-backend": "llama-server"],
            contentType: response.headers["content-type"])
        note(status: response.status)
    }
}

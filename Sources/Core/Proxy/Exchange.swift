import Synchronization

/// One request on its way to its answer.
struct Exchange: Sendable {
    /// Goes into the log and the answer's `x-request-id`.
    let id: String
    let request: HTTPServerRequest
    let responder: HTTPResponder
    let proxy: Proxy
    let crossOrigin: HTTPHeaders
    let start = ContinuousClock.now

    init(request: HTTPServerRequest, responder: HTTPResponder, proxy: Proxy, crossOrigin: HTTPHeaders) {
        id = RequestID.next()
        self.request = request
        self.responder = responder
        self.proxy = proxy
        self.crossOrigin = crossOrigin
    }

    /// The fields that every answer carries, and those given.
    func headers(_ more: HTTPHeaders = [:], contentType: String? = "application/json") -> HTTPHeaders {
        var headers: HTTPHeaders = [:]
        if let contentType { headers.add("Content-Type", contentType) }
        for (name, value) in more { headers.add(name, value) }
        for (name, value) in crossOrigin { headers.add(name, value) }
        headers.add("x-request-id", id)
        return headers
    }

    /// Sends a whole answer.
    func send(
        _ body: [UInt8], status: Int = 200, headers more: HTTPHeaders = [:], contentType: String? = "application/json"
    ) async throws {
        try await responder.send(status: status, headers: headers(more, contentType: contentType), body: body)
    }

    /// Sends an error as the whole answer, and logs it.
    func fail(_ error: APIError) async {
        note(status: error.status, error: error.message)
        try? await send(error.body, status: error.status, headers: error.headers)
    }

    /// Logs a request and its end in one line, where there is no answer worth describing.
    func note(status: Int, error: String? = nil) {
        var entry = ResponseEntry(id: id, status: status, error: error, duration: .now - start)
        entry.request = "\(request.method) \(request.path)"
        proxy.log.write(.response(entry))
    }

    /// The body as JSON.
    /// - Throws: `APIError` with status 400.
    func json() throws(APIError) -> JSONView {
        if let type = request.headers["content-type"], !Self.mayBeJSON(type) {
            throw APIError(status: 400, message: "the content type '\(type)' cannot be read: send application/json")
        }
        if let coding = request.headers["content-encoding"], coding != "identity" {
            throw APIError(
                status: 400, message: "the content encoding '\(coding)' cannot be read: send the body as it is")
        }
        do {
            return try JSONView(validating: request.body)
        } catch {
            throw APIError(status: 400, message: "the request body is not valid JSON: \(error)", code: "invalid_json")
        }
    }

    /// The value that the query has for a name.
    func queryValue(_ name: String) -> String? {
        for pair in (request.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return Endpoint.percentDecoded(parts[1]) }
        }
        return nil
    }

    /// JSON's own type, and those that curl and simple clients put on everything.
    private static func mayBeJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return ["application/json", "text/plain", "application/x-www-form-urlencoded"].contains(type)
            || type.hasSuffix("+json")
    }
}

extension ContinuousClock.Instant {
    static func - (left: Self, right: Self) -> Duration { right.duration(to: left) }
}

/// Ids that no two requests share: the process's own random number, and a count.
enum RequestID {
    private static let prefix = "lc-" + String(UInt32.random(in: 1 << 28 ... .max), radix: 16) + "-"
    private static let count = Atomic<UInt64>(0)

    static func next() -> String { prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16) }
}

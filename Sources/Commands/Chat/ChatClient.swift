import LocalCodeCore

/// How an answer ended.
struct ChatOutcome: Sendable {
    enum Ending: Sendable {
        case complete
        /// The task was cancelled.
        case cancelled
        /// A `Failure` of the server or on the way to it, or what the reader of the pieces threw.
        case failed(any Error)
    }

    /// All that came until then.
    var reply = ChatReply()
    var ending: Ending
}

/// Asks a chat endpoint.
struct ChatClient: Sendable {
    /// The longest whole answer that is taken.
    private static let answerLimit = 64 << 20
    /// A prompt may take minutes to read, and a server that does not stream is silent until the whole answer is there.
    private static let patience = Duration.seconds(3600)

    let endpoint: ChatEndpoint
    private let http: HTTPClient

    init(_ endpoint: ChatEndpoint, environment: [String: String]) throws {
        self.endpoint = endpoint
        do {
            http = try HTTPClient(HTTPClient.Configuration(environment: environment))
        } catch {
            throw Failure(error.message)
        }
    }

    /// Sends the request and hands over each piece of the answer when it comes.
    func answer(to body: ChatRequestBody, each: (ChatPiece) throws -> Void) async -> ChatOutcome {
        var outcome = ChatOutcome(ending: .complete)
        do {
            try await stream(body) { piece in
                if case .error(let error) = piece { throw error.failure(status: nil, endpoint) }
                outcome.reply.add(piece)
                try each(piece)
            }
        } catch {
            outcome.ending = ending(error)
        }
        return outcome
    }

    /// Sends the request and returns the answer as the server wrote it, with its status.
    func raw(_ body: ChatRequestBody) async throws -> (status: Int, bytes: [UInt8]) {
        do {
            let response = try await send(body)
            return (response.status, try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as HTTPClientError {
            throw endpoint.failure(error, at: endpoint.base)
        }
    }

    /// Whether anybody is there: a server that refuses the question has answered, too.
    /// - Throws: `Failure` when nobody listens.
    func greet() async throws {
        do {
            let response = try await http.send(
                HTTPRequest(url: endpoint.models, headers: endpoint.headers, idleTimeout: .seconds(5)))
            _ = try await response.body.collect(upTo: Self.answerLimit)
        } catch let error as HTTPClientError where error.kind == .connect || error.kind == .tls {
            throw endpoint.failure(error, at: endpoint.base)
        } catch is HTTPClientError {}
    }

    /// The failure that a whole answer stands for; nil for a good one.
    func failure(status: Int, answer: [UInt8]) -> Failure? {
        let view = try? JSONView(validating: answer)
        if let error = view.flatMap({ ChatServerError(body: $0) }) { return error.failure(status: status, endpoint) }
        guard !(200...299).contains(status) else { return nil }
        return ChatServerError(ChatStreamReader.preview(answer)).failure(status: status, endpoint)
    }

    private func send(_ body: ChatRequestBody) async throws -> HTTPResponse {
        var headers = endpoint.headers
        headers.add("Accept", body.isStreaming ? "text/event-stream" : "application/json")
        return try await http.send(
            HTTPRequest(
                method: "POST", url: endpoint.completions, headers: headers, body: body.bytes,
                idleTimeout: Self.patience))
    }

    private func stream(_ body: ChatRequestBody, each: (ChatPiece) throws -> Void) async throws {
        let response = try await send(body)
        // A server may answer as a whole although a stream was asked for; an error it always does.
        let type = response.headers["content-type"]?.lowercased() ?? ""
        guard (200...299).contains(response.status), type.hasPrefix("text/event-stream") else {
            let bytes = try await response.body.collect(upTo: Self.answerLimit)
            if let failure = failure(status: response.status, answer: bytes) { throw failure }
            for piece in try ChatStreamReader.pieces(ofAnswer: bytes) { try each(piece) }
            return
        }
        var reader = ChatStreamReader()
        do {
            for try await bytes in response.body {
                for piece in try reader.push(bytes) { try each(piece) }
            }
        } catch let error as HTTPClientError where reader.isComplete && error.kind == .broken {
            // All that matters had come.
        }
        guard reader.isComplete else {
            throw Failure("the answer broke off: \(endpoint.base) closed the stream before its end", hint: "ask again")
        }
    }

    private func ending(_ error: any Error) -> ChatOutcome.Ending {
        switch error {
        case is CancellationError: .cancelled
        case let error as HTTPClientError: .failed(endpoint.failure(error, at: endpoint.base))
        default: .failed(error)
        }
    }
}

extension ChatEndpoint {
    /// Why nothing came from here.
    /// - Parameter url: what was asked.
    func failure(_ error: HTTPClientError, at url: String) -> Failure {
        switch error.kind {
        case .connect where !isNamed:
            Failure(
                "no LocalCode answers at \(base): \(error.message)",
                hint: "start it with 'localcode serve', or name a server with --url")
        case .connect: Failure("cannot reach \(url): \(error.message)", hint: "is the server running there?")
        case .broken: Failure("the answer broke off: \(error.message)", hint: "ask again")
        default: Failure("\(url): \(error.message)")
        }
    }
}

extension ChatServerError {
    /// What to tell the user.
    /// - Parameter status: the HTTP status, where the answer had begun with it and not with 200.
    func failure(status: Int?, _ endpoint: ChatEndpoint) -> Failure {
        let marks = [status.map(String.init), code == status.map(String.init) ? nil : code].compactMap { $0 }
        let label = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
        return Failure(
            TerminalText.neutralized(message.isEmpty ? "the server refuses without a reason" : message) + label,
            hint: hint(status: status, endpoint))
    }

    private func hint(status: Int?, _ endpoint: ChatEndpoint) -> String? {
        switch (status, type) {
        case (401, _), (403, _):
            endpoint.isGLM ? "set ZAI_API_KEY or pass --glm-key" : "set LOCALCODE_API_KEY or pass --api-key"
        case (404, _): "asked \(endpoint.completions); is --url right, and the model's name?"
        case (_, "exceed_context_size_error"), (_, "context_length_exceeded"):
            "send less, or give the engine a larger context"
        case (503, "unavailable_error"): "the model is still loading; ask again in a moment"
        default: nil
        }
    }
}

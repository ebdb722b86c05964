import Support
import Synchronization
import Testing

@testable import LocalCodeCore

/// What a request leaves behind on the desk of routes, whoever answers it.
@Suite(.timeLimit(.minutes(1))) struct RoutedExchangeTests {
    private static let down = APIError(status: 503, message: "m", code: "upstream_unreachable")

    /// A proxy with a model for vectors, and GLM, which does what it is told to.
    private func withProxy(
        _ desk: RouteDesk, content: LogContent = .preview,
        glm: @escaping @Sendable (RecordedRequest) -> ScriptedResponse = { RoutedExchangeTests.answer($0) },
        _ body: (TestHTTP, RecordingServer) async throws -> Void
    ) async throws {
        let gateway = try RecordingServer { glm($0) }
        let client = try HTTPClient()
        var vectors = ModelEntry(name: "vectors", source: .file("/no.gguf"))
        vectors.mode = .embedding
        let backends = Backends(
            models: [vectors],
            glm: GLMBackend(baseURL: gateway.url + "/api/paas/v4", key: "id.secret", client: client),
            isGLMConfigured: true, images: ImageFetcher(client: client, policy: ImagePolicy()),
            defaultModel: "glm-4.7", routes: desk)
        let log = RequestLog(LogRenderer(format: .off, content: content, hasColor: false), writer: LogWriter())
        let proxy = Proxy(settings: .init(), backends: backends, log: log)
        try await withServer(handler: { await proxy.handle($0, $1) }) { server in
            try await body(TestHTTP("http://127.0.0.1:\(server.port)"), gateway)
        }
    }

    private static func answer(
        _ request: RecordedRequest, _ scenario: FakeGLM.Scenario = .text(["from", " GLM"])
    ) -> ScriptedResponse {
        let reply = FakeGLM(scenario).reply(
            method: request.method, path: request.target, headers: HTTPHeaders(request.headers), body: request.body)
        return .chunked(
            status: reply.status, headers: reply.headers.map { "\($0.name): \($0.value)" },
            reply.pieces.map { .send($0) } + (reply.breaksOff ? [.close] : []))
    }

    private func chat(_ model: String, _ content: JSONValue = "hello", stream: Bool = false) -> JSONValue {
        ["model": .string(model), "messages": [["role": "user", "content": content]], "stream": .bool(stream)]
    }

    private func configuration(_ fallbacks: [String: [String]]) -> RoutingConfiguration {
        var configuration = RoutingConfiguration()
        configuration.fallbacks = fallbacks
        return configuration
    }

    /// Waits for something that happens behind an answer.
    private func wait(_ isDone: () async -> Bool) async throws {
        while !(await isDone()) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    // MARK: Who was asked

    @Test func whoCannotBeAskedIsInTheReport() async throws {
        let desk = RouteDesk(configuration(["vectors": ["glm-4.7"]]))
        try await withProxy(desk) { http, _ in
            #expect(try await http.post("/v1/chat/completions", chat("vectors")).status == 200)
            try await wait { !desk.reports.isEmpty }
            let attempts = desk.reports.first?.attempts ?? []
            #expect(attempts.map(\.model) == ["vectors", "glm-4.7"])
            #expect(attempts.first?.outcome.contains("is there for embedding") == true, "\(attempts)")
            #expect(attempts.last?.outcome == "answered")
        }
    }

    @Test func aWrongRequestSaysNothingOfWhoWasNotAsked() async throws {
        let now = Mutex(0.0)
        let desk = RouteDesk(breakers: Breakers { now.withLock { $0 } })
        let picture: JSONValue = [["type": "image_url", "image_url": ["url": "data:image/png;base64,nothing"]]]
        try await withProxy(desk) { http, gateway in
            for _ in 0..<3 { desk.breakers.note("GLM", failure: Self.down) }
            now.withLock { $0 = 31 }
            let refused = try await http.post("/v1/chat/completions", chat("glm-4.6v", picture))
            #expect(refused.status == 400 && gateway.requests.isEmpty, "\(refused.text)")
            try await wait { !desk.reports.isEmpty }
            #expect(desk.breakers.allows("GLM"), "the next request may probe")
            // The probe is still to come: when it fails, GLM is left alone at once.
            desk.breakers.begin("GLM")
            desk.breakers.note("GLM", failure: Self.down)
            #expect(!desk.breakers.allows("GLM"))
        }
    }

    // MARK: What was spent

    /// GLM-4.7's prices.
    private static func dollars(_ prompt: Int, cached: Int = 0, _ answer: Int) -> Double {
        (Double(prompt - cached) * 0.6 + Double(cached) * 0.11 + Double(answer) * 2.2) / 1e6
    }

    private func expect(
        _ dollars: Double, in book: SpendingBook, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait { await book.today() > 0 }
        // What else is to come has time until the answer's end, which the tests have seen.
        let spent = await book.today()
        #expect(abs(spent - dollars) < 1e-12, "\(spent) and not \(dollars)", sourceLocation: sourceLocation)
    }

    @Test func whatBreaksOffIsEstimated() async throws {
        let book = SpendingBook(directory: try TestDirectory().path)
        let text = String(repeating: "word ", count: 40)
        try await withProxy(
            RouteDesk(spending: book), glm: { Self.answer($0, .truncated(after: [text, text])) },
            { http, _ in
                let body = chat("glm-4.7", .string(text), stream: true)
                #expect(try await http.post("/v1/chat/completions", body).text.contains("error"))
                let prompt = try ContentSignals(ChatRequest(JSONView(validating: body.bytes), kind: .chat)).promptTokens
                #expect(prompt > 50)
                try await expect(Self.dollars(prompt, 100), in: book)
            })
    }

    @Test(arguments: [true, false])
    func whoLeavesHasSpent(stream: Bool) async throws {
        let book = SpendingBook(directory: try TestDirectory().path)
        let text = String(repeating: "word ", count: 40)
        let chunk = FakeGLM(.truncated(after: [text]))
        try await withProxy(
            RouteDesk(spending: book),
            glm: { request in
                guard stream else { return ScriptedResponse([.waitForClientToLeave]) }
                let reply = chunk.reply(
                    method: request.method, path: request.target, headers: HTTPHeaders(request.headers),
                    body: request.body)
                return .chunked(reply.pieces.map { .send($0) } + [.waitForClientToLeave])
            },
            { http, gateway in
                let body = chat("glm-4.7", .string(text), stream: stream)
                let prompt = try ContentSignals(ChatRequest(JSONView(validating: body.bytes), kind: .chat)).promptTokens
                let asking = Task {
                    for try await event in try await http.stream("/v1/chat/completions", body).events
                    where String(decoding: event.data, as: UTF8.self).contains("word") { return }
                }
                if stream { try await asking.value } else { try await wait { !gateway.requests.isEmpty } }
                asking.cancel()
                _ = try await gateway.exchange(0).ending()
                try await expect(Self.dollars(prompt, stream ? 50 : 0), in: book)
            })
    }

    @Test func whatIsRefusedCostsNothing() async throws {
        let book = SpendingBook(directory: try TestDirectory().path)
        let desk = RouteDesk(configuration(["glm-4.6": ["glm-4.7"]]), spending: book)
        try await withProxy(
            desk,
            glm: { request in
                let isFirst = request.body.firstRange(of: Array("glm-4.6".utf8)) != nil
                return Self.answer(request, isFirst ? .error(code: 1308) : .text(["yes"]))
            },
            { http, _ in
                #expect(try await http.post("/v1/chat/completions", chat("glm-4.6", stream: true)).status == 200)
                try await expect(Self.dollars(120, cached: 64, 1), in: book)
            })
    }

    @Test func gapsThatAreFilledByChatCount() async throws {
        let book = SpendingBook(directory: try TestDirectory().path)
        try await withProxy(RouteDesk(spending: book)) { http, _ in
            let body: JSONValue = ["model": "glm-4.7", "input_prefix": "let x = ", "input_suffix": "\n"]
            let answer = try await http.post("/infill", body, headers: ["x-localcode-fim": "chat"])
            #expect(answer.status == 200, "\(answer.text)")
            try await expect(Self.dollars(120, cached: 64, 2), in: book)
        }
    }

    @Test(arguments: [false, true])
    func whatIsAskedAgainCountsTwice(stream: Bool) async throws {
        let book = SpendingBook(directory: try TestDirectory().path)
        try await withProxy(
            RouteDesk(spending: book),
            glm: { request in
                let isSecond = request.body.firstRange(of: Array("does not satisfy".utf8)) != nil
                return Self.answer(request, .text(isSecond ? ["{", "}"] : ["no"]))
            },
            { http, gateway in
                var body = chat("glm-4.7", stream: stream)
                body["response_format"] = [
                    "type": "json_schema", "json_schema": ["name": "n", "schema": ["type": "object"]],
                ]
                #expect(try await http.post("/v1/chat/completions", body).status == 200)
                #expect(gateway.requests.count == 2)
                try await wait { await book.today() > Self.dollars(120, cached: 64, 2) + 1e-12 }
                try await expect(Self.dollars(120, cached: 64, 1) + Self.dollars(120, cached: 64, 2), in: book)
            })
    }

    // MARK: Words of prompts

    @Test(arguments: [LogContent.none, .preview])
    func wordsOfPromptsAreKeptAsTheLogMayShowThem(content: LogContent) async throws {
        let desk = RouteDesk()
        try await withProxy(desk, content: content) { http, _ in
            _ = try await http.post(
                "/v1/chat/completions",
                chat("glm-4.7", "Think step by step: why does this Swift function not compile?"),
                headers: ["x-localcode-kind": "unheard-of"])
            try await wait { !desk.reports.isEmpty }
            let report = try await http.get("/localcode/requests").json["requests"]?[0]
            let words = report?["signals"]?["code_words"]?.array ?? []
            let demands = report?["demands"]?.array ?? []
            #expect(words.isEmpty == (content == .none) && !demands.isEmpty, "\(String(describing: report))")
            #expect(demands.allSatisfy { $0["words"]?.array?.isEmpty ?? true } == (content == .none))
            // A hint is no word of a prompt.
            #expect(report?["evidence"]?.array?.contains { $0["text"] == "unheard-of" } == true)
        }
    }
}

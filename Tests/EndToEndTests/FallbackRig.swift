import LocalCodeCore
import Support

/// `localcode serve` between a llama-server, which is played, and the GLM gateway, each of which can answer for the other.
struct FallbackRig {
    let engine: RecordingServer
    let glm: RecordingServer
    let proxy: LocalCodeProcess

    /// - Parameters:
    ///   - routing: the text below `routing:` in localcode.yaml.
    ///   - engine: what a chat gets from the llama-server.
    ///   - glm: what GLM makes of a chat: by its text, unless a test says otherwise. Nil breaks the connection off.
    static func start(
        routing: String, options: [String] = [], engine: @escaping @Sendable (RecordedRequest) -> ScriptedResponse,
        glm: @escaping @Sendable (RecordedRequest) -> FakeGLM.Scenario? = { scenario($0) }
    ) async throws -> FallbackRig {
        let home = try TestHome()
        try home.directory.write("routing:\n\(routing)\n", to: "localcode.yaml")
        let upstream = try RecordingServer { request in
            request.target.hasSuffix("/completions")
                ? engine(request) : .complete(#"{"status":"ok","data":[{"id":"tiny","object":"model"}]}"#)
        }
        let gateway = try gateway(glm)
        let proxy = try await LocalCodeProcess.serve(
            ["--engine", upstream.url, "--glm-url", gateway.url + "/api/paas/v4"] + options,
            environment: ["ZAI_API_KEY": "id.secret"], home: home)
        return FallbackRig(engine: upstream, glm: gateway, proxy: proxy)
    }

    /// A GLM gateway.
    static func gateway(
        host: String = "127.0.0.1",
        _ scenario: @escaping @Sendable (RecordedRequest) -> FakeGLM.Scenario? = { scenario($0) }
    ) throws -> RecordingServer {
        try RecordingServer(host: host) { request in
            guard let scenario = scenario(request) else { return ScriptedResponse([.reset]) }
            let reply = FakeGLM(scenario).reply(
                method: request.method, path: request.target, headers: HTTPHeaders(request.headers), body: request.body)
            return .chunked(
                status: reply.status, headers: reply.headers.map { "\($0.name): \($0.value)" },
                reply.pieces.map { .send($0) } + (reply.breaksOff ? [.close] : []))
        }
    }

    /// The error that a request's last message names (`code 1302`), and an answer where it names none.
    static func scenario(_ request: RecordedRequest) -> FakeGLM.Scenario {
        let text = (try? JSONValue(parsing: request.body))?["messages"]?.array?.last?["content"]?.string ?? ""
        guard text.hasPrefix("code "), let code = Int(text.dropFirst(5)) else { return .text(["from", " GLM"]) }
        return .error(code: code)
    }

    /// What the llama-server answers, whole or as a stream.
    static func answer(_ request: RecordedRequest) -> ScriptedResponse {
        guard (try? JSONValue(parsing: request.body))?["stream"]?.bool == true else {
            return .complete(
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"from here"},"finish_reason":"stop"}]}"#
            )
        }
        return .events([chunk("from here"), #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]"])
    }

    static func chunk(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }

    /// A llama-server's error.
    static func error(_ status: Int, _ type: String) -> ScriptedResponse {
        .complete(status: status, #"{"error":{"code":\#(status),"message":"it says so","type":"\#(type)"}}"#)
    }

    /// Chats that the llama-server and GLM were sent so far.
    var asked: (engine: Int, glm: Int) { (chats(engine).count, chats(glm).count) }

    /// The models that GLM was asked for.
    var glmModels: [String] {
        chats(glm).compactMap { (try? JSONValue(parsing: $0.body))?["model"]?.string }
    }

    private func chats(_ server: RecordingServer) -> [RecordedRequest] {
        server.requests.filter { $0.target.hasSuffix("/completions") }
    }

    static func body(_ model: String, _ text: String = "hello", stream: Bool) -> JSONValue {
        [
            "model": .string(model), "messages": [["role": "user", "content": .string(text)]], "stream": .bool(stream),
        ]
    }

    /// A chat, and what became of it.
    func ask(
        _ model: String, _ text: String = "hello", stream: Bool = false, headers: HTTPHeaders = [:]
    ) async throws -> FallbackAnswer {
        let answer = try await TestHTTP(proxy.url).post(
            "/v1/chat/completions", Self.body(model, text, stream: stream), headers: headers)
        return FallbackAnswer(answer)
    }
}

/// What a client got, whole or as a stream.
struct FallbackAnswer {
    let status: Int
    let text: String
    /// OpenAI's `error.code`, of the answer or of an event in it.
    let code: String?
    let isDone: Bool
    let raw: TestHTTP.Answer

    init(_ answer: TestHTTP.Answer) {
        raw = answer
        status = answer.status
        let events = answer.events
        let chunks = events.compactMap { try? JSONValue(parsing: $0.data) }
        let whole = answer.json["choices"]?[0]?["message"]?["content"]?.string
        text = whole ?? chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined()
        code = (answer.json["error"] ?? chunks.last?["error"])?["code"]?.string
        isDone = events.last?.isDone ?? (whole != nil)
    }
}

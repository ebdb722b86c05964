import LocalCodeCore
import Support
import Testing

/// What `ToolRequest.prepare` makes of a conversation is what llama-server needs: asked of the engine itself, with a template
/// that prints calls as coding models want them.
@Suite(.timeLimit(.minutes(2))) struct ToolHistoryTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func engine() async throws -> TestEngine {
        try directory.write(Self.template, to: "template.jinja")
        return try await TestEngine.start(
            "--jinja", "--chat-template-file", "\(directory.path)/template.jinja", "--parallel", "1")
    }

    private static let template = """
        {%- if tools %}
        {{- '<|im_start|>system\\n<tools>' }}
        {%- for tool in tools %}
        {{- '\\n' + (tool | tojson) }}
        {%- endfor %}
        {{- '\\n</tools><|im_end|>\\n' }}
        {%- endif %}
        {%- for message in messages %}
        {%- if message.role == 'assistant' and message.tool_calls %}
        {{- '<|im_start|>assistant\\n' }}
        {%- if message.content %}
        {{- message.content }}
        {%- endif %}
        {%- for call in message.tool_calls %}
        {{- '\\n<tool_call>\\n<function=' + call.function.name + '>\\n' }}
        {%- for key, value in call.function.arguments|items %}
        {{- '<parameter=' + key + '>\\n' + (value if value is string else value | tojson) + '\\n</parameter>\\n' }}
        {%- endfor %}
        {{- '</function>\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
        {%- elif message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
        {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
        {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
        {{- '<|im_start|>assistant\\n' }}
        {%- endif %}
        """

    private static let parameters =
        #"{"type":"object","properties":{"path":{"type":"string"},"line":{"type":"number"}}}"#
    private static let tool =
        #"{"type":"function","function":{"name":"read","description":"d","parameters":\#(parameters)}}"#
    private static let call = #"{"id":"c","type":"function","function":{"name":"read","arguments":"{}"}}"#

    /// A conversation with parts of it replaced.
    private static func request(
        assistant: String = #"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#,
        result: String = #"{"role":"tool","tool_call_id":"c","content":"ok"}"#, tools: String = tool,
        choice: String = #""auto""#
    ) -> [UInt8] {
        Array(
            #"{"max_tokens":1,"temperature":0,"id_slot":0,"tools":[\#(tools)],"tool_choice":\#(choice),"messages":[{"role":"user","content":"read the file, please"},\#(assistant),\#(result)]}"#
                .utf8)
    }

    private static func request(call: String) -> [UInt8] {
        request(assistant: #"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#)
    }

    private static func request(arguments: String) -> [UInt8] {
        request(call: #"{"id":"c","type":"function","function":{"name":"read","arguments":\#(arguments)}}"#)
    }

    /// Requests that an engine answers with an error, each time.
    private static let refused: [(name: String, body: [UInt8])] = [
        ("no JSON", request(arguments: #""{\"path\":\"x\",}""#)), ("cut off", request(arguments: #""{\"path\":\"x""#)),
        ("an empty string", request(arguments: #""""#)), ("an array", request(arguments: #""[1]""#)),
        ("a number", request(arguments: "7")), ("text", request(arguments: #""sorry""#)),
        ("half a surrogate pair", request(arguments: #""{\"path\":\"\\ud800\"}""#)),
        ("no arguments", request(call: #"{"id":"c","type":"function","function":{"name":"read"}}"#)),
        ("no type", request(call: #"{"id":"c","function":{"name":"read","arguments":"{}"}}"#)),
        (
            "an id that is null",
            request(call: #"{"id":null,"type":"function","function":{"name":"read","arguments":"{}"}}"#)
        ),
        (
            "an id that is a number",
            request(call: #"{"id":7,"type":"function","function":{"name":"read","arguments":"{}"}}"#)
        ),
        (
            "a name that is null",
            request(call: #"{"id":"c","type":"function","function":{"name":null,"arguments":"{}"}}"#)
        ),
        ("reasoning that is null", request(assistant: #"{"role":"assistant","content":"x","reasoning_content":null}"#)),
        ("no content", request(assistant: #"{"role":"assistant"}"#)),
        ("a result's id that is null", request(result: #"{"role":"tool","tool_call_id":null,"content":"ok"}"#)),
        (
            "a description that is null",
            request(tools: #"{"type":"function","function":{"name":"read","description":null}}"#)
        ),
        (
            "parameters that are a string",
            request(tools: #"{"type":"function","function":{"name":"read","parameters":"x"}}"#)
        ),
        ("a tool without a type", request(tools: #"{"function":{"name":"read"}}"#)),
        ("a flat tool", request(tools: #"{"type":"function","name":"read"}"#)),
        ("a tool that is no function", request(tools: #"{"type":"web_search"},"# + tool)),
        ("another word for required", request(choice: #""any""#)),
    ]

    private func prepare(_ body: [UInt8], _ memory: ToolMemory = ToolMemory()) throws -> [UInt8] {
        let chat = try ChatRequest(JSONView(validating: body), kind: .chat)
        return try ToolRequest.prepare(chat, repairs: .all, memory: memory, isEngine: true).chat.body.document
    }

    @Test func whatTheEngineRefusesItTakesRepaired() async throws {
        let engine = try await engine()
        let http = try TestHTTP(engine.url)
        let path = "/v1/chat/completions"
        #expect(try await http.post(path, bytes: Self.request()).status == 200)
        for (name, body) in Self.refused {
            let before = try await http.post(path, bytes: body)
            #expect(before.status >= 400, "\(name)")
            let after = try await http.post(path, bytes: try prepare(body))
            #expect(after.status == 200, "\(name): \(after.text)")
        }
    }

    /// The conversation as the model wrote it is in the slot; the client sends it again in its own spelling.
    @Test(arguments: [
        (#"{"path": "src/main.swift", "line": 1}"#, nil),
        (
            #"{"path":"src/main.swift","line":1}"#,
            "I look.\n<tool_call>{\"name\":\"read\",\"arguments\":{}}</tool_call>"
        ),
    ])
    func theModelsOwnTextIsReadOnce(written: String, text: String?) async throws {
        let engine = try await engine()
        let http = try TestHTTP(engine.url)
        let memory = ToolMemory()
        let content = text == nil ? "" : "I look."
        let call = ToolMemory.Call(id: "c", name: "read", arguments: written)
        memory.remember(ToolMemory.Answer(model: nil, calls: [call], content: content, text: text))

        func assistant(_ arguments: String) -> String {
            let call: JSONValue = [
                "id": "c", "type": "function", "function": ["name": "read", "arguments": .string(arguments)],
            ]
            return #"{"role":"assistant","content":\#(JSONValue.string(content)),"tool_calls":[\#(call)]}"#
        }
        func read(_ body: [UInt8]) async throws -> Int {
            let answer = try await http.post("/v1/chat/completions", bytes: body)
            return answer.json["timings"]?["prompt_n"]?.int ?? -1
        }
        let own = text.map { #"{"role":"assistant","content":\#(JSONValue.string($0))}"# } ?? assistant(written)
        let original = Self.request(assistant: own)
        let again = Self.request(assistant: assistant(#"{"line":1.0,"path":"src\/main.swift"}"#))

        _ = try await read(original)
        #expect(try await read(again) > 20)
        _ = try await read(original)
        #expect(try await read(prepare(again, memory)) == 1)
    }

    /// Through LocalCode the same request is answered, and the answer says what was changed.
    @Test func serveRepairsAndSaysSo() async throws {
        let home = try TestHome()
        try await home.provideEngine()
        let proxy = try await LocalCodeProcess.serve(home: home)
        let http = try TestHTTP(proxy.url)
        let body = Self.request(
            assistant: #"{"role":"assistant","content":null,"tool_calls":[\#(Self.brokenCall)]}"#,
            tools: #"{"type":"function","function":{"name":"read","description":null}}"#)
        let answer = try await http.post("/v1/chat/completions", bytes: body)
        #expect(answer.status == 200, "\(answer.text)")
        let notes = answer.headers["x-localcode-notes"] ?? ""
        #expect(notes.contains("messages[1].tool_calls[0].arguments repaired: trailing commas"), "\(notes)")
        #expect(notes.contains("tool read: description removed"), "\(notes)")

        let strict = try await LocalCodeProcess.serve(["--repairs", "none"], home: home)
        #expect(try await TestHTTP(strict.url).post("/v1/chat/completions", bytes: body).status == 500)
    }

    private static let brokenCall =
        #"{"id":"c","type":"function","function":{"name":"read","arguments":"{\"path\":\"x\",}"}}"#
}

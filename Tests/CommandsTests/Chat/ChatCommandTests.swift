import LocalCodeCore
import Support
import Synchronization
import Testing

@testable import Commands

/// Text that comes in from several threads.
final class Captured: Sendable {
    private let storage = Mutex("")
    var text: String { storage.withLock { $0 } }
    func append(_ more: String) { storage.withLock { $0 += more } }
}

/// The command in this process, its streams captured.
struct ChatCommandRun {
    let output = Captured()
    let errors = Captured()
    var directory = "/"
    var environment: [String: String] = [:]
    var input: String? = ""

    /// - Returns: what it threw.
    func run(_ operands: [String], _ options: [String: [String]] = [:]) async -> (any Error)? {
        func stream(_ captured: Captured) -> Context.Stream {
            Context.Stream(isTerminal: false, hasColor: false, width: 80, write: { captured.append($0) })
        }
        let bytes = Array((input ?? "").utf8)
        let context = Context(
            environment: environment, workingDirectory: directory, output: stream(output), error: stream(errors),
            inputIsTerminal: input == nil, readInput: { Array(bytes.prefix($0)) })
        do {
            let settings = try Settings.settle(Command.chat.options, typed: options, environment: environment)
            try await Command.chat.run(
                Invocation(path: ["chat"], operands: operands, settings: settings, context: context))
            return nil
        } catch {
            return error
        }
    }
}

extension RecordingServer {
    /// The last request's body.
    var lastBody: JSONValue? { requests.last.flatMap { try? JSONValue(parsing: $0.body) } }
}

@Suite("localcode chat")
struct ChatCommandTests {
    private static let greeting = [
        #"{"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"hm"}}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"Hello, "}}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"world"}}]}"#,
        #"{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}"#, "[DONE]",
    ]

    private func server(_ response: ScriptedResponse = .events(greeting)) throws -> RecordingServer {
        try RecordingServer { _ in response }
    }

    private func failure(_ error: (any Error)?) throws -> Failure { try #require(error as? Failure) }

    @Test("Prompt, files, input and system message make the request; the answer goes to standard output")
    func question() async throws {
        let server = try server()
        let directory = try TestDirectory()
        try directory.write("int main;\n", to: "main.c")
        let run = ChatCommandRun(directory: directory.path, input: "piped\n")
        let error = await run.run(["why", "slow?"], ["url": [server.url], "file": ["main.c"], "system": ["be brief"]])
        #expect(error == nil)
        #expect(run.output.text == "Hello, world")
        #expect(run.errors.text == "")
        let body = try #require(server.lastBody)
        #expect(server.requests.last?.target == "/v1/chat/completions")
        #expect(server.requests.last?.method == "POST")
        #expect(body["messages"]?[0]?["content"]?.string == "be brief")
        #expect(
            body["messages"]?[1]?["content"]?.string
                == "why slow?\n\nFile: main.c\n```\nint main;\n```\n\nStandard input:\n```\npiped\n```")
        #expect(body["stream"]?.bool == true)
        // A foreign server has a default model of its own.
        #expect(body["model"] == nil)
    }

    @Test("Input alone is the prompt")
    func piped() async throws {
        let server = try server()
        let run = ChatCommandRun(input: "what?\n")
        #expect(
            await run.run([], ["url": [server.url], "model": ["m"], "max-tokens": ["7"], "temperature": ["0"]]) == nil)
        let body = try #require(server.lastBody)
        #expect(body["messages"]?[0]?["content"]?.string == "what?")
        #expect(body["model"]?.string == "m")
        #expect(body["max_tokens"]?.int == 7)
        #expect(body["temperature"]?.double == 0)
    }

    @Test("Each piece is written when it comes")
    func streaming() async throws {
        let gate = Gate()
        let steps = Self.greeting.map(ScriptedResponse.Step.event)
        let server = try server(.chunked(Array(steps[..<2]) + [.wait(gate)] + Array(steps[2...])))
        let output = Captured()
        let context = Context(
            environment: [:], workingDirectory: "/",
            output: Context.Stream(isTerminal: false, hasColor: false, width: 80) {
                output.append($0)
                gate.open()
            },
            error: Context.Stream(isTerminal: false, hasColor: false, width: 80, write: { _ in }),
            inputIsTerminal: false,
            readInput: { _ in [] })
        let client = try ChatClient(ChatEndpoint(url: server.url, apiKey: nil, glmKey: nil), environment: [:])
        // The server sends the rest only after the first piece was written.
        let outcome = await ChatSession.show(ChatRequestBody(messages: []), client, context)
        #expect(outcome.reply.text == "Hello, world")
        #expect(output.text == "Hello, world")
    }

    @Test("Without streaming, and as the raw response")
    func whole() async throws {
        let answer =
            #"{"choices":[{"index":0,"finish_reason":"stop","message":{"content":"Hi","reasoning_content":"r"}}], "x":1.0}"#
        let server = try server(.complete(answer))
        let plain = ChatCommandRun()
        #expect(await plain.run(["x"], ["url": [server.url], "stream": ["false"]]) == nil)
        #expect(plain.output.text == "Hi")
        #expect(server.lastBody?["stream"]?.bool == false)
        let raw = ChatCommandRun()
        #expect(await raw.run(["x"], ["url": [server.url], "json": ["true"]]) == nil)
        #expect(raw.output.text == answer)
        #expect(server.lastBody?["stream"]?.bool == false)
    }

    @Test("A server that does not stream although it was asked to is understood")
    func unasked() async throws {
        let server = try server(.complete(#"{"choices":[{"message":{"content":"Hi"}}]}"#))
        let run = ChatCommandRun()
        #expect(await run.run(["x"], ["url": [server.url]]) == nil)
        #expect(run.output.text == "Hi")
    }

    @Test("A refusal is told with its status and a hint; the raw response shows it as well")
    func refusal() async throws {
        let body = #"{"error":{"message":"Invalid API Key\u001b[2J","type":"authentication_error","code":401}}"#
        let server = try server(.complete(status: 401, body))
        let run = ChatCommandRun()
        let error = try failure(await run.run(["x"], ["url": [server.url]]))
        #expect(error.message == "Invalid API Key^[[2J (401)")
        #expect(error.hint?.contains("--api-key") == true)
        let raw = ChatCommandRun()
        _ = try failure(await raw.run(["x"], ["url": [server.url], "json": ["true"]]))
        #expect(raw.output.text == body)
    }

    @Test("A refusal that is no JSON is told as it is")
    func htmlRefusal() async throws {
        let server = try server(.complete(status: 502, headers: ["Content-Type: text/html"], "<h1>Bad\n Gateway</h1>"))
        let error = try failure(await ChatCommandRun().run(["x"], ["url": [server.url]]))
        #expect(error.message == "<h1>Bad Gateway</h1> (502)")
    }

    @Test("An error in the middle keeps what had come")
    func errorInStream() async throws {
        let server = try server(
            .events(Array(Self.greeting[..<2]) + [#"{"error":{"message":"out of memory","code":500}}"#]))
        let run = ChatCommandRun()
        let error = try failure(await run.run(["x"], ["url": [server.url]]))
        #expect(run.output.text == "Hello, ")
        #expect(error.message == "out of memory (500)")
    }

    @Test("A stream that just stops is no answer", arguments: ["in order", "early", "with a reset"])
    func brokenOff(_ how: String) async throws {
        let last: [ScriptedResponse.Step] = how == "in order" ? [] : how == "early" ? [.close] : [.reset]
        let server = try server(.events(Array(Self.greeting[..<3]), then: last))
        let run = ChatCommandRun()
        let error = try failure(await run.run(["x"], ["url": [server.url]]))
        #expect(error.message.hasPrefix("the answer broke off"))
        // A reset may overtake what was sent before it.
        #expect(how == "with a reset" || run.output.text == "Hello, world")
    }

    @Test("A finish reason ends an answer, also where no [DONE] follows")
    func withoutDone() async throws {
        let server = try server(.events(Array(Self.greeting[..<4]), then: [.close]))
        #expect(await ChatCommandRun().run(["x"], ["url": [server.url]]) == nil)
    }

    @Test("Where nobody listens, the way to start it is told")
    func nobody() async throws {
        // A port that is taken by nobody: the server that had it is gone.
        let port = try server().port
        let error = try failure(await ChatCommandRun().run(["x"], ["port": ["\(port)"], "host": ["127.0.0.1"]]))
        #expect(error.message.contains("127.0.0.1:\(port)"))
        #expect(error.hint?.contains("localcode serve") == true)
    }

    @Test("Without --url, the proxy of this machine is asked, with its key, and chooses the model")
    func localProxy() async throws {
        let server = try server()
        let run = ChatCommandRun(environment: ["LOCALCODE_API_KEY": "secret", "ZAI_API_KEY": "glm"])
        #expect(await run.run(["x"], ["port": ["\(server.port)"]]) == nil)
        #expect(server.requests.last?.header("authorization") == "Bearer secret")
        #expect(server.lastBody != nil && server.lastBody?["model"] == nil)
    }

    @Test("Schema, grammar and pictures reach the server")
    func attachments() async throws {
        let server = try server()
        let directory = try TestDirectory()
        try directory.write(#"{"type":"object"}"#, to: "person.json")
        try directory.write("root ::= \"a\"\n", to: "a.gbnf")
        try directory.write("GIF89a", to: "x.gif")
        let run = ChatCommandRun(directory: directory.path)
        let picture = "https://pictures.example/cat?size=1"
        _ = await run.run(["x"], ["url": [server.url], "json-schema": ["person.json"], "image": ["x.gif", picture]])
        #expect(server.lastBody?["response_format"]?["json_schema"]?["name"]?.string == "person")
        let content = server.lastBody?["messages"]?[0]?["content"]
        #expect(content?.array?.count == 3)
        #expect(content?[1]?["image_url"]?["url"]?.string == "data:image/gif;base64,R0lGODlh")
        #expect(content?[2]?["image_url"]?["url"]?.string == picture)
        #expect(await run.run(["x"], ["url": [server.url], "grammar": ["a.gbnf"]]) == nil)
        #expect(server.lastBody?["grammar"]?.string == "root ::= \"a\"\n")
    }

    @Test("What cannot be sent is refused before anything is sent")
    func refusedFiles() async throws {
        let server = try server()
        let directory = try TestDirectory()
        try directory.write("GIF89a", to: "x.gif")
        try directory.write("a\u{0}b", to: "binary")
        try directory.write("text", to: "text")
        try directory.write(#"[1]"#, to: "list.json")
        try directory.write(#"{"properties":{"a":{"type":"nothing"}}}"#, to: "wrong.json")
        try directory.write(String(repeating: "x", count: ChatFile.textLimit + 1), to: "large")
        let run = ChatCommandRun(directory: directory.path)
        let cases: [(String, String, String)] = [
            ("file", "x.gif", "--image"), ("file", "binary", "UTF-8"), ("file", "nothing", "No such file"),
            ("file", ".", "directory"), ("file", "large", "8 MiB"), ("image", "text", "picture"),
            ("json-schema", "list.json", "object"), ("json-schema", "text", "JSON"),
            ("json-schema", "wrong.json", "#/properties/a"),
        ]
        for (option, file, reason) in cases {
            let error = try failure(await run.run(["x"], ["url": [server.url], option: [file]]))
            #expect("\(error.message) \(error.hint ?? "")".contains(reason), "\(option) \(file): \(error)")
        }
        let input = ChatCommandRun(input: String(repeating: "x", count: ChatFile.textLimit + 1))
        #expect(try failure(await input.run(["x"], ["url": [server.url]])).message.contains("standard input"))
        #expect(server.requests.isEmpty)
    }

    @Test("Nothing to ask is a mistake, and so are options that exclude each other")
    func usage() async {
        #expect(await ChatCommandRun(input: "\n").run([]) is UsageError)
        #expect(await ChatCommandRun().run(["x"], ["grammar": ["a"], "json-schema": ["b"]]) is UsageError)
        #expect(
            await ChatCommandRun().run(["x"], ["grammar": ["a"], "url": ["https://api.z.ai/api/paas/v4"]]) is UsageError
        )
        // A terminal for input alone cannot hold a conversation.
        #expect(await ChatCommandRun(input: nil).run([]) is UsageError)
    }

    @Test("Whoever closes the output early ends the transfer")
    func brokenPipe() async throws {
        let server = try server(.events(Array(Self.greeting[..<2]), then: [.waitForClientToLeave]))
        let context = Context(
            environment: [:], workingDirectory: "/",
            output: Context.Stream(isTerminal: false, hasColor: false, width: 80, write: { _ in throw BrokenPipe() }),
            error: Context.Stream(isTerminal: false, hasColor: false, width: 80, write: { _ in }),
            inputIsTerminal: false,
            readInput: { _ in [] })
        let error = await #expect(throws: BrokenPipe.self) {
            try await Command.chat.run(
                Invocation(path: ["chat"], operands: ["x"], values: ["url": [server.url]], context: context))
        }
        #expect(error != nil)
        #expect(try await server.exchange().ending() == .clientLeft)
    }
}

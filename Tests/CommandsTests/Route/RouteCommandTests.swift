import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("localcode route explain", .timeLimit(.minutes(2)))
struct RouteCommandTests {
    private static let request =
        #"{"model":"big","messages":[{"role":"system","content":"You are a title generator."},{"role":"user","content":"x"}]}"#
    private static let report =
        #"{"id":"r1","time":0,"client":"zed","kind":"turn","lane":"main","model":"big","reasons":["it was asked for"]}"#
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        try directory.write(Self.request, to: "request.json")
    }

    private func run(
        _ arguments: [String], input: String = "", port: Int = 1
    ) async -> (status: Int32, output: String, error: String) {
        let world = TestContext(
            environment: ["HOME": directory.path, "XDG_CONFIG_HOME": directory.path], directory: directory.path)
        var context = world.context
        context.readInput = { _ in Array(input.utf8) }
        let status = await Program.run(["route", "explain"] + arguments + ["--port", "\(port)"], context: context)
        return (status, world.output, world.error)
    }

    private func serve(requests: String = "[]") throws -> RecordingServer {
        try RecordingServer { request in
            switch request.target {
            case "/v1/health": .complete(status: 200, #"{"status":"ok","provider":"LocalCode"}"#)
            case "/v1/localcode/route": .complete(status: 200, Self.report)
            default: .complete(status: 200, #"{"requests":\#(requests)}"#)
            }
        }
    }

    @Test("the server gets headers and body, and its report is shown")
    func online() async throws {
        let server = try serve()
        let file = #"{"headers":{"User-Agent":"Zed/1","x-a":"old"},"body":\#(Self.request)}"#
        let (status, output, error) = await run(
            ["-", "--header", "x-a: new: one", "-H", "x-b:2"], input: file, port: server.port)
        #expect(status == 0)
        #expect(error == "")
        #expect(output.contains("client        zed\n"))
        #expect(output.contains("because       it was asked for\n"))
        let asked = try JSONValue(parsing: try #require(server.requests.last).body)
        #expect(asked["headers"] == ["User-Agent": "Zed/1", "x-a": "new: one", "x-b": "2"])
        #expect(asked["body"] == (try JSONValue(parsing: Array(Self.request.utf8))))
    }

    @Test("the last request, as a person and as a program reads it")
    func last() async throws {
        let server = try serve(requests: "[\(Self.report),{}]")
        #expect(await run(["--last"], port: server.port).output.contains("request       r1, "))
        let json = await run(["--last", "--json"], port: server.port).output
        #expect(try JSONValue(parsing: Array(json.utf8))["client"]?.string == "zed")
        #expect(server.requests.last?.target == "/v1/localcode/requests?limit=1")
        let new = try serve()
        #expect(await run(["--last"], port: new.port).output == "no requests yet\n")
        #expect(await run(["--last", "--json"], port: new.port).output == "null\n")
    }

    @Test("without a server, the configuration decides, and says so")
    func offline() async throws {
        try directory.write(
            """
            models:
              big: {path: /m/big.gguf}
              small: {path: /m/small.gguf, context: 4096}
            routing:
              rules:
                - {name: names, when: {kind: title}, use: small}
            """, to: "localcode.yaml")
        let (status, output, error) = await run(["request.json"])
        #expect(status == 0)
        #expect(error.contains("no 'localcode serve' answers at http://127.0.0.1:1/v1"))
        #expect(error.contains("from localcode.yaml"))
        #expect(output.contains("kind          title  (title prompt: You are a title generator.)\n"))
        #expect(output.contains("model         small\n"))
        #expect(output.contains("rule          names\n"))
        let json = await run(["request.json", "--json", "-H", "x-localcode-kind: chat"])
        let report = try JSONValue(parsing: Array(json.output.utf8))
        #expect(report["kind"]?.string == "chat")
        #expect(report["model"]?.string == "big")
        #expect(report["hints"] == ["kind": "chat"])
        #expect(report["prices"] == [])
    }

    @Test("a server that was named must be there, and the last request has one")
    func noServer() async {
        let named = await run(["request.json", "--url", "http://127.0.0.1:1"])
        #expect(named.status == 1)
        #expect(named.error.contains("no 'localcode serve' answers at http://127.0.0.1:1/v1"))
        let last = await run(["--last"])
        #expect(last.status == 1)
        #expect(last.error.contains("so there is no last request"))
    }

    @Test("somebody else at the place is not asked")
    func stranger() async throws {
        let server = try RecordingServer { _ in .complete(status: 200, #"{"status":"ok"}"#) }
        let (status, _, error) = await run(["request.json"], port: server.port)
        #expect(status == 0)
        #expect(error.contains("is no 'localcode serve'"))
        #expect(server.requests.count == 1)
    }

    @Test(
        "mistakes in the command line",
        arguments: [
            [], ["request.json", "--last"], ["request.json", "-H", "nonsense"], ["request.json", "-H", "a b: c"],
        ])
    func usage(_ arguments: [String]) async {
        #expect(await run(arguments).status == 2)
    }

    @Test(
        "what is wrong with the file of a request",
        arguments: [
            ("[]", "standard input is no object of JSON"), ("\"x\"", "standard input is no object of JSON"),
            (#"{"headers":["x"],"body":{}}"#, "'headers' in standard input is no object of JSON"),
            (
                #"{"headers":{"x":1},"body":{}}"#,
                "'headers' in standard input takes names of header fields, each with a text"
            ),
            (#"{"headers":{"x":"1"}}"#, "standard input has 'headers', but no 'body'"),
            (#"{"body":[]}"#, "'body' in standard input is no object of JSON"),
        ])
    func wrongFile(_ text: String, _ message: String) async {
        #expect(
            await run(["-"], input: text).error == """
                localcode: error: \(message)
                  hint: give a request's body, {"messages":[…]}, or {"headers":{"x-localcode-kind":"title"},"body":{"messages":[…]}}

                """)
    }

    @Test("what a terminal would act upon is not in the JSON either")
    func controls() async throws {
        let server = try serve(requests: #"[{"id":"\u009b2J\u202e\u001b"}]"#)
        let json = await run(["--last", "--json"], port: server.port).output
        #expect(json == "{\n  \"id\": \"\\u009b2J\\u202e\\u001b\"\n}\n")
    }

    @Test("files that are no requests", arguments: ["", "[]", "{}", "7", #"{"body":7}"#, #"{"messages":[]}"#, "{"])
    func noRequest(_ text: String) async {
        let (status, output, error) = await run(["-"], input: text)
        #expect(status == 1)
        #expect(output == "")
        #expect(error.contains("standard input is no "))
    }
}

import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("models steer")
struct ModelsSteerTests {
    private func run(
        _ arguments: [String], answer: JSONValue = ["name": "coder", "state": "draining", "steering": []],
        status: Int = 200
    ) async throws -> (status: Int32, context: TestContext, body: JSONValue?) {
        let server = try ModelsListTests.serve(["POST /localcode/steer": (status, answer)])
        let context = TestContext(directory: "/src")
        let result = await Program.run(
            ["models", "steer"] + arguments + ["-p", "\(server.port)"], context: context.context)
        let request = server.requests.first { $0.target == "/localcode/steer" }
        return (result, context, try request.map { try JSONValue(parsing: $0.body) })
    }

    @Test("files start where one is, and scales and layers are sent along")
    func sent() async throws {
        let answer: JSONValue = [
            "name": "coder", "state": "draining", "steering": [["path": "/src/terse.gguf", "scale": 0.8]],
        ]
        let (status, context, body) = try await run(
            [
                "main", "--vector", "terse.gguf=0.8", "--vector", "/v/a=b.gguf", "--vector=c.gguf=-2", "--layers",
                "10-31",
            ],
            answer: answer)
        #expect(status == 0, "\(context.error)")
        #expect(
            body == [
                "model": "main",
                "vectors": [
                    ["path": "/src/terse.gguf", "scale": 0.8], ["path": "/v/a=b.gguf", "scale": 1],
                    ["path": "/src/c.gguf", "scale": -2],
                ],
                "layers": [10, 31],
            ])
        #expect(
            context.error == "localcode: 'coder' works with terse.gguf × 0.8; its engine is being started anew\n")
        #expect(context.output.isEmpty)
    }

    @Test("--off takes the set away")
    func off() async throws {
        let (status, context, body) = try await run(
            ["coder", "--off"], answer: ["name": "coder", "state": "unloaded", "steering": []])
        #expect(status == 0 && body == ["model": "coder", "vectors": []])
        #expect(context.error == "localcode: 'coder' works with no control vectors from its next start on\n")
    }

    @Test("a set that was there before makes no start")
    func same() async throws {
        let (_, context, _) = try await run(
            ["coder", "--off"], answer: ["name": "coder", "state": "ready", "steering": []])
        #expect(context.error == "localcode: 'coder' works with no control vectors\n")
    }

    @Test("--json prints what serve says")
    func json() async throws {
        let (status, context, _) = try await run(["coder", "--off", "--json"])
        #expect(status == 0 && context.error.isEmpty)
        #expect(try JSONValue(parsing: Array(context.output.utf8))["state"] == "draining")
    }

    @Test(
        "what cannot be meant is a mistake, and nothing is sent",
        arguments: [
            (["coder"], "--vector FILE=SCALE"), (["coder", "--off", "--vector", "a.gguf"], "exclude each other"),
            (["coder", "--off", "--layers", "1-2"], "exclude each other"), (["--off"], "missing operand NAME"),
            (["coder", "--vector", "a.gguf=strong"], "'strong' is no number"),
            (["coder", "--vector", "=1"], "no file"),
            (["coder", "--vector", "a.gguf=nan"], "no number"),
            (["coder", "--vector", "a.gguf", "--layers", "31-10"], "no range"),
            (["coder", "--vector", "a.gguf", "--layers", "1-2-3"], "no range"),
            (["coder", "--vector", "a.gguf", "--layers", "x"], "no range"),
        ])
    func mistakes(arguments: [String], words: String) async throws {
        let (status, context, body) = try await run(arguments)
        #expect(status == 2 && body == nil)
        #expect(context.error.contains(words), "\(context.error)")
    }

    @Test("one layer is a range")
    func layer() throws {
        #expect(try ModelsSteer.layers("12") == 12...12)
        #expect(try ModelsSteer.layers("0-0") == 0...0)
    }

    @Test("without a serve it says how else to steer")
    func absent() async throws {
        let context = TestContext()
        #expect(await context.run("models", "steer", "coder", "--off", "-p", "0") == 1)
        #expect(context.error.contains("no 'localcode serve' answers") && context.error.contains("control-vectors"))
    }

    @Test("what serve refuses is told")
    func refused() async throws {
        let (status, context, _) = try await run(
            ["coder", "--vector", "a.gguf"], answer: ["error": ["message": "there is no /src/a.gguf"]], status: 400)
        #expect(status == 1 && context.error.contains("there is no /src/a.gguf"))
    }

    @Test("of a model that is not there, serve's words are told, and no doubt in serve", arguments: [true, false])
    func unknown(hasCode: Bool) async throws {
        var error: JSONObject = ["message": "there is no model 'nosuch' here"]
        error["code"] = hasCode ? "model_not_found" : nil
        let (status, context, _) = try await run(
            ["nosuch", "--off"], answer: ["error": .object(error)], status: 404)
        #expect(status == 1)
        #expect(
            context.error == "localcode: error: there is no model 'nosuch' here\n  hint: "
                + (hasCode ? "'localcode models' lists them\n" : "is 'localcode serve' as new as this program?\n"))
    }
}

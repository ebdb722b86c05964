import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("models ls")
struct ModelsListTests {
    /// Plays a `serve` that answers so.
    static func serve(
        _ answers: [String: (status: Int, body: JSONValue)], isLocalCode: Bool = true
    ) throws -> RecordingServer {
        try RecordingServer { request in
            if request.target == "/health" {
                return .complete(isLocalCode ? #"{"status":"ok","provider":"LocalCode"}"# : #"{"status":"ok"}"#)
            }
            guard let answer = answers["\(request.method) \(request.target)"] else {
                return .complete(status: 404, "{}")
            }
            return .complete(status: answer.status, answer.body.description)
        }
    }

    private static func figures(_ requests: Int, _ acceptance: JSONValue, _ speed: JSONValue = 41.24) -> JSONValue {
        [
            "requests": .number(requests), "errors": 1, "prompt_tokens": 10_000, "cached_tokens": 9000,
            "completion_tokens": 1234, "tokens_per_second": speed, "acceptance": acceptance,
            "acceptance_after_restore": 0.25,
        ]
    }

    private static let report: JSONValue = [
        "models": [
            [
                "name": "coder", "aliases": ["main", "big"], "state": "ready", "detail": nil,
                "memory_bytes": 1_610_612_736, "estimate_bytes": 1, "active": 1, "waiting": 2, "loads": 3,
                "restarts": 1, "pinned": true, "idle_seconds": nil,
                "steering": [["path": "/v/terse.gguf", "scale": 0.8], ["path": "/v/plain.gguf", "scale": 1]],
                "speculation": ["ngram-mod"], "figures": figures(12, 0.756),
                "kinds": ["turn": figures(10, 0.81), "title": figures(2, nil, nil)],
            ],
            [
                "name": "small", "aliases": [], "state": "failed", "detail": "it \u{1B}[31mcrashed",
                "estimate_bytes":
                    1_048_576, "active": 0, "waiting": 0, "loads": 0, "restarts": 0, "idle_seconds": 90.5,
                "steering": [], "speculation": [], "figures": figures(0, nil, nil), "kinds": [:],
            ],
            ["name": "glm-4.7", "figures": figures(1, nil, nil), "kinds": ["chat": figures(1, nil, nil)]],
        ]
    ]

    private func lines(_ output: String, _ name: String) -> [[Substring]] {
        output.split(separator: "\n").filter { $0.hasPrefix(name + " ") }.map { $0.split(separator: " ") }
    }

    @Test("it runs without being named, and shows engines and figures", arguments: [["models"], ["models", "ls"]])
    func tables(command: [String]) async throws {
        let server = try Self.serve(["GET /localcode/models": (200, Self.report)])
        let context = TestContext()
        let status = await Program.run(
            command + ["-p", "\(server.port)", "--api-key", "k"], context: context.context)
        #expect(status == 0, "\(context.error)")
        #expect(server.requests.last?.header("Authorization") == "Bearer k")
        let coder = lines(context.output, "coder")
        try #require(coder.count == 3, "one line for the engine, and one for each kind:\n\(context.output)")
        #expect(
            coder[0].joined(separator: " ")
                == "coder ready, pinned 1.5 GiB 1 + 2 wait 3, 1 crash 76 % 41 t/s ngram-mod "
                + "terse.gguf × 0.8, plain.gguf main, big")
        #expect(coder[1].joined(separator: " ") == "coder turn 10 1 10,000 90 % 1,234 41 t/s 81 % 25 %")
        #expect(coder[2].joined(separator: " ") == "coder title 2 1 10,000 90 % 1,234 - - 25 %")
        let small = lines(context.output, "small")
        #expect(small.count == 1 && small.first?.contains("failed") == true && small.first?.contains("~1") == true)
        #expect(!context.output.contains("\u{1B}"), "what an engine says is made safe")
        #expect(lines(context.output, "glm-4.7").count == 2)
    }

    @Test("--json hands on what serve says")
    func json() async throws {
        let server = try Self.serve(["GET /localcode/models": (200, Self.report)])
        let context = TestContext()
        #expect(await context.run("models", "--json", "--port", "\(server.port)") == 0)
        let json = try JSONValue(parsing: Array(context.output.utf8))
        #expect(json["models"] == Self.report["models"] && json["serve"] == .string(server.url))
    }

    private func configuration(_ directory: TestDirectory) throws {
        try directory.write(
            """
            models:
              coder:
                path: coder.gguf
                aliases: [main]
                pinned: true
              small:
                like: coder
                pinned: false
                aliases: []
                control-vectors: {terse.gguf: 0.5}
            """, to: "localcode.yaml")
    }

    @Test("without a serve the configured models are listed, and it is said why", arguments: [true, false])
    func configured(isJSON: Bool) async throws {
        let directory = try TestDirectory()
        try configuration(directory)
        let context = TestContext(directory: directory.path)
        let arguments = ["models", "-p", "0"] + (isJSON ? ["--json"] : [])
        #expect(await Program.run(arguments, context: context.context) == 0, "\(context.error)")
        if isJSON {
            let json = try JSONValue(parsing: Array(context.output.utf8))
            #expect(json["serve"] == .null && json["models"]?[0]?["name"] == "coder" && context.error.isEmpty)
            #expect(json["models"]?[0]?["path"] == .string("\(directory.path)/coder.gguf"))
            #expect(json["models"]?[1]?["steering"]?[0]?["scale"] == 0.5)
        } else {
            #expect(
                lines(context.output, "coder").first?.joined(separator: " ")
                    == "coder chat coder.gguf - \(directory.path)/coder.gguf is not there")
            #expect(lines(context.output, "small").count == 1)
            #expect(context.error.contains("these are the models of the configuration"))
        }
    }

    @Test("without a serve it is told what each will take, and what is in the way of it")
    func files() async throws {
        let (tiny, rank) = (try await TinyModel.tiny.path(), try await TinyModel.rank.path())
        let directory = try TestDirectory()
        try directory.write(
            """
            models:
              coder: {path: '\(tiny)', mmproj: gone.gguf}
              ranker: {path: '\(rank)', mode: rerank}
              heavy: {path: '\(tiny)', memory: 3GiB}
              far: {hf: 'org/far-GGUF:Q4'}
            """, to: "localcode.yaml")
        let context = TestContext(directory: directory.path)
        #expect(await context.run("models", "-p", "0") == 0, "\(context.error)")
        #expect(
            context.output.split(separator: "\n").first?.split(separator: " ") == [
                "NAME", "MODE", "FILE", "ESTIMATE", "PROBLEM",
            ])
        func line(_ name: String) -> String { lines(context.output, name).first?.joined(separator: " ") ?? "" }
        #expect(line("coder") == "coder chat tiny.gguf - \(directory.path)/gone.gguf (mmproj) is not there")
        var entry = ModelEntry(name: "ranker", source: .file(rank))
        entry.mode = .rerank
        let need = try #require(try MemoryEstimate.of(entry)?.necessary)
        #expect(line("ranker") == "ranker rerank tinyrank.gguf ~\(ByteCount(bytes: need)) -")
        #expect(line("heavy") == "heavy chat tiny.gguf ~3 GiB -")
        #expect(line("far") == "far chat org/far-GGUF:Q4 - -")

        let script = TestContext(directory: directory.path)
        #expect(await script.run("models", "-p", "0", "--json") == 0)
        let models = try JSONValue(parsing: Array(script.output.utf8))["models"]
        #expect(models?[0]?["problem"]?.string?.hasSuffix("/gone.gguf (mmproj) is not there") == true)
        #expect(models?[0]?["estimate_bytes"] == .null)
        #expect(models?[1]?["estimate_bytes"] == .number(need) && models?[1]?["problem"] == .null)
    }

    @Test("the column of this moment's requests is not called like that of all requests")
    func titles() {
        let models = Self.report["models"]?.array ?? []
        let engines = ModelsTables.engines(models).columns.map(\.title)
        #expect(engines.contains("RUNNING") && !engines.contains("REQUESTS"))
        #expect(ModelsTables.figures(models).columns.map(\.title).contains("REQUESTS"))
    }

    @Test("somebody else at that place is not asked")
    func other() async throws {
        let directory = try TestDirectory()
        try configuration(directory)
        let server = try Self.serve([:], isLocalCode: false)
        let context = TestContext(directory: directory.path)
        #expect(await context.run("models", "-p", "\(server.port)") == 0)
        #expect(context.error.contains("is no LocalCode") && lines(context.output, "coder").count == 1)
        #expect(server.requests.map(\.target) == ["/health"])
    }

    @Test("where there is nothing, it is said what to do")
    func nothing() async throws {
        let context = TestContext()
        #expect(await context.run("models", "-p", "0") == 0)
        #expect(context.output.isEmpty && context.error.contains("localcode.yaml"))
    }

    @Test("what serve refuses is told")
    func refused() async throws {
        let error: JSONValue = ["error": ["message": "the API key is not the one"]]
        let server = try Self.serve(["GET /localcode/models": (401, error)])
        let context = TestContext()
        #expect(await context.run("models", "-p", "\(server.port)") == 1)
        #expect(context.error.contains("the API key is not the one") && context.error.contains("--api-key"))
    }
}

import LocalCodeCore
import Testing

@testable import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The kit itself: what the other tests stand on.
@Suite(.timeLimit(.minutes(2))) struct TestKitTests {
    private static let hello: JSONValue = [
        "messages": [["role": "user", "content": "hello"]], "max_tokens": 12, "temperature": 0,
    ]

    private static let tools: JSONValue = [
        [
            "type": "function",
            "function": [
                "name": "read_file",
                "parameters": [
                    "type": "object",
                    "properties": ["path": ["type": "string"], "line": ["type": "integer"]],
                    "required": ["path", "line"],
                ],
            ],
        ]
    ]

    @Test func engineAnswersAndStops() async throws {
        let engine = try await TestEngine.start()
        let answer = try await TestHTTP(engine.url).post("/v1/chat/completions", Self.hello)
        #expect(answer.status == 200)
        #expect(answer.json["usage"]?["completion_tokens"]?.int == 12)
        #expect(answer.json["choices"]?[0]?["finish_reason"]?.string == "length")
        await engine.stop()
        #expect(await engine.process.waitForExit() == .exited(0))
        await #expect(throws: HTTPClientError.self) { try await TestHTTP(engine.url).get("/health") }
    }

    @Test func engineListensOnAUnixSocket() async throws {
        let directory = try TestDirectory()
        let engine = try await TestEngine.start("--host", "\(directory.path)/engine.sock")
        #expect(engine.url == "unix:\(directory.path)/engine.sock")
        #expect(try await TestHTTP(engine.url).get("/health").text == #"{"status":"ok"}"#)
    }

    @Test func engineIsKilled() async throws {
        let engine = try await TestEngine.start()
        await engine.kill()
        #expect(await engine.process.waitForExit() == .signaled(SIGKILL))
    }

    @Test(arguments: ["--no-such-flag", "--port=0"])
    func engineRefusesFlags(flag: String) async throws {
        let error = await #expect(throws: TestKitError.self) { try await TestEngine.start(flag) }
        #expect(error?.description.contains("error: invalid argument: \(flag)") == true)
    }

    @Test func engineSaysWhyItDoesNotLoad() async throws {
        let error = await #expect(throws: TestKitError.self) { try await TestEngine.start("-m", "/nonexistent.gguf") }
        #expect(error?.description.contains("cannot serve /nonexistent.gguf") == true)
    }

    @Test(arguments: ["auto", "required"])
    func tinyModelCallsATool(choice: String) async throws {
        let engine = try await TestEngine.start()
        var body = Self.hello
        body["max_tokens"] = 200
        body["tools"] = Self.tools
        body["tool_choice"] = .string(choice)
        let message = try await TestHTTP(engine.url).post("/v1/chat/completions", body).json["choices"]?[0]
        #expect(message?["finish_reason"]?.string == "tool_calls")
        let function = message?["message"]?["tool_calls"]?[0]?["function"]
        #expect(function?["name"]?.string == "read_file")
        let arguments = try JSONValue(parsing: Array((function?["arguments"]?.string ?? "").utf8))
        #expect(arguments["path"]?.string != nil && arguments["line"]?.int != nil)
    }

    @Test func tinyModelAnswersAfterAToolResponse() async throws {
        let engine = try await TestEngine.start()
        let body: JSONValue = [
            "messages": [
                ["role": "user", "content": "hello"],
                [
                    "role": "assistant", "content": nil,
                    "tool_calls": [
                        [
                            "id": "call_1", "type": "function",
                            "function": ["name": "read_file", "arguments": #"{"path":"a","line":1}"#],
                        ]
                    ],
                ],
                ["role": "tool", "tool_call_id": "call_1", "content": "int main() {}"],
            ],
            "tools": Self.tools, "max_tokens": 12, "temperature": 0,
        ]
        let choice = try await TestHTTP(engine.url).post("/v1/chat/completions", body).json["choices"]?[0]
        #expect(choice?["message"]?["tool_calls"] == nil)
        #expect(choice?["message"]?["content"]?.string?.isEmpty == false)
    }

    @Test func tinyModelFillsTheMiddle() async throws {
        let engine = try await TestEngine.start()
        let answer = try await TestHTTP(engine.url).post(
            "/infill", ["input_prefix": "int ", "input_suffix": ";", "n_predict": 4])
        #expect(answer.status == 200)
        #expect(answer.json["tokens_predicted"]?.int == 4)
    }

    @Test func aTwinHasEverythingInCommonButTheWeights() async throws {
        let one = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        let other = try TestFiles.bytes(of: try await TinyModel.twin.path())
        #expect(one.count == other.count)
        let first = zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
        // The weights are 118,592 numbers of four bytes, behind all metadata.
        #expect(first >= one.count - 4 * 118_592 && first < one.count)
    }

    @Test(arguments: [TinyModel.twin, .echo, .swa, .recurrent])
    func modelsAnswerInWords(model: TinyModel) async throws {
        let engine = try await TestEngine.start(model: model)
        var conversation = Conversation(system: nil, tokens: 20)
        let reply = try await conversation.ask("hello B and D", engine.url)
        #expect(reply.text.count == 20)
        #expect(reply.text.allSatisfy { $0.isASCII })
        if model == .echo { #expect(reply.text.allSatisfy { "BD".contains($0) }) }
    }

    @Test(arguments: [true, false])
    func aConversationGoesOnAsAnAgentsDoes(stream: Bool) async throws {
        let engine = try await TestEngine.start("--parallel", "1")
        var conversation = Conversation(system: "be brief", tools: Self.tools, tokens: 200)
        let call = try await conversation.ask("hello", engine.url, stream: stream)
        #expect(call.message["tool_calls"]?.array?.count == 1)
        #expect(call.cachedTokens == 0)
        let result = try await conversation.ask("int main() {}", engine.url, stream: stream)
        #expect(result.cachedTokens > call.promptTokens - 8)
        #expect(!result.text.isEmpty)
        let roles = conversation.messages.compactMap { $0["role"]?.string }
        #expect(roles == ["system", "user", "assistant", "tool", "assistant"])
        #expect(conversation.messages[3]["tool_call_id"] == conversation.messages[2]["tool_calls"]?[0]?["id"])
    }

    @Test func anEngineStartsAgainAtItsPort() async throws {
        let engine = try await TestEngine.start("--parallel", "3")
        let again = try await engine.restart()
        #expect(again.url == engine.url)
        #expect(await engine.process.waitForExit() == .signaled(SIGKILL))
        #expect(try await again.slots().count == 3)
    }

    @Test func tinyDraftSpeeds() async throws {
        let engine = try await TestEngine.start(
            "--spec-type", "draft-simple", "--model-draft", try await TinyModel.draft.path())
        var body = Self.hello
        body["max_tokens"] = 60
        let timings = try await TestHTTP(engine.url).post("/v1/chat/completions", body).json["timings"]
        #expect((timings?["draft_n_accepted"]?.int ?? 0) > 0)
    }

    @Test func tinyRankerRanks() async throws {
        let engine = try await TestEngine.start("--rerank", model: .rank)
        let answer = try await TestHTTP(engine.url).post("/v1/rerank", ["query": "a", "documents": ["b", "c"]])
        #expect(answer.json["results"]?.array?.count == 2)
    }

    @Test func slotIsSavedAndRestored() async throws {
        let directory = try TestDirectory()
        let engine = try await TestEngine.start("--slot-save-path", directory.path, "-np", "1", "--cache-ram", "0")
        let http = try TestHTTP(engine.url)
        _ = try await http.post("/v1/chat/completions", Self.hello)
        let saved = try await http.post("/slots/0?action=save", ["filename": "state"]).json["n_saved"]?.int
        #expect((saved ?? 0) > 0)
        let restored = try await http.post("/slots/0?action=restore", ["filename": "state"]).json["n_restored"]?.int
        #expect(restored == saved)
    }

    @Test func enginesStartInParallel() async throws {
        let ports = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let engine = try await TestEngine.start()
                    defer { withExtendedLifetime(engine) {} }
                    #expect(try await TestHTTP(engine.url).get("/health").status == 200)
                    return engine.port
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ports.count == 6)
    }

    @Test func processIsKilledWithItsLastReference() async throws {
        let pid: pid_t
        do {
            let process = try ChildProcess("/bin/sleep", ["600"], environment: [:])
            pid = process.pid
        }
        // Reaped by the kit's own thread: from then on the number is nobody's.
        while kill(pid, 0) == 0 { await Task.yield() }
        #expect(errno == ESRCH)
    }

    @Test func watchdogEndsWhatIsLeft() async throws {
        let watched = try ChildProcess("/bin/sleep", ["600"], environment: [:])
        let released = try ChildProcess("/bin/sleep", ["600"], environment: [:])
        do {
            let watchdog = Watchdog()
            watchdog.add(released.pid)
            watchdog.add(watched.pid)
            watchdog.remove(released.pid)
        }
        #expect(await watched.waitForExit() == .signaled(SIGKILL))
        #expect(released.isRunning)
    }

    @Test func processOutputAndInput() async throws {
        let process = try ChildProcess(
            "/bin/sh", ["-c", "cat; echo two >&2; pwd; exit 3"], environment: [:], directory: "/",
            input: Array(repeating: UInt8(ascii: "a"), count: 300_000))
        let (status, output, errors) = await process.collect()
        #expect(status == .exited(3))
        #expect(output.count == 300_002)
        #expect(errors == "two\n")
    }

    @Test func grandchildDoesNotKeepTheTestWaiting() async throws {
        let process = try ChildProcess("/bin/sh", ["-c", "sleep 600 & echo started >&2"], environment: [:])
        let (status, _, errors) = await process.collect()
        #expect(status == .exited(0))
        #expect(errors == "started\n")
    }

    @Test func serveStartsAgainInItsHome() async throws {
        let engine = try await TestEngine.start()
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url])
        let again = try await proxy.restart()
        #expect(again.url == proxy.url)
        #expect(await proxy.process.waitForExit() == .signaled(SIGKILL))
        #expect(try await TestHTTP(again.url).get("/health").status == 200)
    }

    @Test func receiptsAreRead() {
        let receipt = ReceiptHeader("restored; expected=4010; actual=4006; restore_ms=12.3")
        #expect(receipt.source == "restored")
        #expect(receipt.numbers == ["expected": 4010, "actual": 4006, "restore_ms": 12.3])
        #expect(ReceiptHeader("cold").numbers.isEmpty)
    }

    @Test func binaryRunsInAHomeOfItsOwn() async throws {
        let result = try await LocalCodeProcess.run(["--version"])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("localcode"))
    }
}

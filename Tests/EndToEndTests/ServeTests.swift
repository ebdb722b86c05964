import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `localcode serve` in front of a real llama-server.
@Suite(.timeLimit(.minutes(3))) struct ServeTests {
    private func serve(_ arguments: String..., model: TinyModel = .tiny) async throws -> (LocalCodeProcess, TestEngine)
    {
        let engine = try await TestEngine.start("--alias", "tiny", model: model)
        return (try await LocalCodeProcess.serve(["--engine", engine.url] + arguments), engine)
    }

    private static let hello: JSONValue = [
        "messages": [["role": "user", "content": "hello"]], "max_tokens": 12, "temperature": 0,
    ]

    private static var streamedHello: JSONValue {
        var body = hello
        body["stream"] = true
        return body
    }

    @Test func healthIsTheDocumentedObject() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).get("/health")
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":"ok","provider":"LocalCode","model":"GLM-4.7"}"#)
        #expect(answer.headers["content-type"] == "application/json")
    }

    @Test(arguments: ["/v1/chat/completions", "/chat/completions"])
    func answersAChat(path: String) async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).post(path, Self.hello)
        #expect(answer.status == 200)
        #expect(answer.headers["x-localcode-backend"] == "llama-server")
        #expect(answer.headers["x-request-id"]?.hasPrefix("lc-") == true)
        #expect(answer.json["usage"]?["completion_tokens"]?.int == 12)
        #expect(answer.json["choices"]?[0]?["message"]?["role"]?.string == "assistant")
    }

    @Test func streamsAChat() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamedHello)
        #expect(answer.headers["content-type"] == "text/event-stream")
        let events = answer.events
        #expect(events.last?.isDone == true)
        let chunks = try events.dropLast().map { try JSONValue(parsing: $0.data) }
        #expect(chunks.allSatisfy { $0["object"]?.string == "chat.completion.chunk" })
        #expect(chunks.last?["choices"]?[0]?["finish_reason"]?.string == "length")
        #expect(chunks.count > 10)
    }

    @Test func answersCurl() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        func curl(_ arguments: String...) async throws -> String {
            let process = try ChildProcess(
                "/usr/bin/env", ["curl", "-sS"] + arguments, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
            let (status, output, errors) = await process.collect()
            #expect(status == .exited(0), "\(errors)")
            return String(decoding: output, as: UTF8.self)
        }
        // As people type it: curl calls this a form, and asks for 100 Continue when a body is long.
        let whole = try await curl("\(proxy.url)/v1/chat/completions", "-d", Self.hello.text)
        #expect(try JSONValue(parsing: Array(whole.utf8))["usage"]?["completion_tokens"]?.int == 12)
        let stream = try await curl(
            "-N", "\(proxy.url)/v1/chat/completions", "-H", "Content-Type: application/json", "-H",
            "Expect: 100-continue",
            "-d", Self.streamedHello.text)
        #expect(stream.hasSuffix("data: [DONE]\n\n"))
        let head = try await curl("-I", "\(proxy.url)/v1/models")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func answersACompletion() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/completions", ["prompt": "abc", "max_tokens": 5])
        #expect(answer.status == 200)
        #expect(answer.json["object"]?.string == "text_completion")
    }

    @Test func passesTheEnginesOwnEndpoints() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let client = try TestHTTP(proxy.url)
        let direct = try TestHTTP(engine.url)
        let words: JSONValue = ["content": "hello world"]
        let tokens = try await client.post("/tokenize", words)
        #expect(tokens.status == 200)
        #expect(tokens.text == (try await direct.post("/tokenize", words)).text)
        let text = try await client.post("/v1/detokenize", tokens.json)
        #expect(text.json["content"]?.string == "hello world")
        let template = try await client.post("/apply-template", Self.hello)
        #expect(template.json["prompt"]?.string?.contains("<|im_start|>user") == true)
        #expect(try await client.get("/props").json["total_slots"]?.int == 4)
    }

    @Test func embedsThroughAnEmbeddingEngine() async throws {
        let engine = try await TestEngine.start("--embeddings", "--pooling", "mean")
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url])
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/embeddings", ["input": ["one", "two"]])
        #expect(answer.json["data"]?.array?.count == 2)
        #expect(answer.json["data"]?[1]?["embedding"]?.array?.count == 64)
    }

    @Test func listsModels() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let client = try TestHTTP(proxy.url)
        let list = try await client.get("/v1/models")
        #expect(list.json["object"]?.string == "list")
        #expect(list.json["data"]?.array?.compactMap { $0["id"]?.string } == ["tiny", "glm-4.7"])
        let own = try await TestHTTP(engine.url).get("/v1/models").json["data"]?[0]
        #expect(try await client.get("/v1/models/tiny").json["meta"] == own?["meta"])
        let missing = try await client.get("/v1/models/no-such-model")
        #expect(missing.status == 404)
        #expect(missing.json["error"]?["code"]?.string == "model_not_found")
    }

    @Test(arguments: [
        ("GET", "/v1/nothing", "", 404), ("PUT", "/v1/models", "", 405), ("GET", "/v1/chat/completions", "", 405),
        ("POST", "/v1/chat/completions", "", 400), ("POST", "/v1/chat/completions", #"{"messages":["#, 400),
        ("POST", "/v1/chat/completions", "[]", 400), ("POST", "/v1/chat/completions", #"{"messages":[]}"#, 400),
        ("POST", "/v1/chat/completions", #"{"messages":"hi"}"#, 400),
        ("POST", "/v1/chat/completions", #"{"messages":[{"role":"user","content":"x"}],"stream":"yes"}"#, 400),
        ("POST", "/v1/chat/completions", #"{"messages":[{"role":"user","content":"x"}],"max_tokens":"many"}"#, 400),
        ("POST", "/v1/chat/completions", #"{"messages":[{"content":"x"}]}"#, 400),
        ("POST", "/v1/completions", "{}", 400), ("POST", "/v1/embeddings", #"{"input":"x"}"#, 501),
    ])
    func everyErrorIsOpenAIs(method: String, path: String, body: String, status: Int) async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).send(method, path, body: body.isEmpty ? nil : Array(body.utf8))
        #expect(answer.status == status)
        let error = try #require(answer.json["error"]?.object)
        #expect(Array(error.keys) == ["message", "type", "param", "code"])
        #expect(error["message"]?.string?.isEmpty == false)
    }

    @Test func wrongMethodsNameTheRightOnes() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).send("DELETE", "/v1/chat/completions", body: nil)
        #expect(answer.headers["allow"] == "POST, OPTIONS")
    }

    @Test func aFullContextIsToldInOpenAIsWords() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let long = String(repeating: "x", count: 20_000)
        let answer = try await TestHTTP(proxy.url).post(
            "/v1/chat/completions", ["messages": [["role": "user", "content": .string(long)]], "stream": true])
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["code"]?.string == "context_length_exceeded")
        #expect(answer.json["error"]?["message"]?.string?.contains("exceeds the available context size") == true)
    }

    @Test func theKeyIsAskedFor() async throws {
        let (proxy, engine) = try await serve("--api-key", "sesame-2f9c")
        defer { withExtendedLifetime(engine) {} }
        let client = try TestHTTP(proxy.url)
        #expect(try await client.get("/v1/models").status == 401)
        #expect(try await client.get("/v1/models", headers: ["Authorization": "Bearer wrong"]).status == 401)
        #expect(try await client.get("/v1/models", headers: ["Authorization": "Bearer sesame-2f9c"]).status == 200)
        #expect(try await client.get("/v1/models", headers: ["X-Api-Key": "sesame-2f9c"]).status == 200)
        #expect(try await client.get("/health").status == 200)
        await proxy.terminate()
        #expect(!proxy.lines.contains { $0.contains("sesame") || $0.contains("wrong") })
    }

    @Test func pagesOfOtherSitesAreRefused() async throws {
        let (proxy, engine) = try await serve("--allow-origin", "https://chat.example.org")
        defer { withExtendedLifetime(engine) {} }
        let client = try TestHTTP(proxy.url)
        #expect(
            try await client.post("/v1/chat/completions", Self.hello, headers: ["Origin": "https://evil.example"])
                .status == 403)
        for origin in ["http://localhost:3000", "http://127.0.0.1:8000", "https://chat.example.org"] {
            let preflight = try await client.send(
                "OPTIONS", "/v1/chat/completions",
                headers: [
                    "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a",
                ])
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == origin)
            #expect(preflight.headers["access-control-allow-headers"] == "x-a")
        }
    }

    @Test func aRefusedPageReadsNothing() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        let answer = try await TestHTTP(proxy.url).get("/v1/models", headers: ["Origin": "https://evil.example"])
        #expect(answer.status == 403)
        #expect(answer.headers["access-control-allow-origin"] == nil)
    }

    @Test func aNameOfAnotherSiteIsRefusedUnlessThereIsAKey() async throws {
        let (proxy, engine) = try await serve()
        let guarded = try await LocalCodeProcess.serve(["--engine", engine.url, "--api-key", "sesame-2f9c"])
        defer { withExtendedLifetime(engine) {} }
        let rebound: HTTPHeaders = ["Host": "evil.example:4242"]
        #expect(try await TestHTTP(proxy.url).get("/props", headers: rebound).status == 403)
        #expect(try await TestHTTP(guarded.url).get("/props", headers: rebound).status == 401)
        #expect(try await TestHTTP(guarded.url).get("/health", headers: rebound).status == 200)
    }

    @Test func anOpenAddressNeedsAKey() async throws {
        let result = try await LocalCodeProcess.run(["serve", "--host", "0.0.0.0", "--port", "0"])
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("without an API key"))
    }

    @Test func commentsWithoutAPauseAreRefused() async throws {
        let result = try await LocalCodeProcess.run(["serve", "--port", "0", "--keep-alive", "0s"])
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("without a pause"))
    }

    @Test func sixtyFourStreamsAtOnce() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        try await withThrowingTaskGroup(of: [ServerSentEvent].self) { tasks in
            for _ in 0..<64 {
                tasks.addTask { try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamedHello).events }
            }
            for try await events in tasks {
                #expect(events.last?.isDone == true)
                #expect(events.count > 10)
            }
        }
    }

    @Test func anEngineThatDiesInMidStreamEndsInAnError() async throws {
        let (proxy, engine) = try await serve()
        defer { withExtendedLifetime(engine) {} }
        var body = Self.streamedHello
        body["max_tokens"] = 6000
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", body)
        var events: [ServerSentEvent] = []
        for try await event in stream.events {
            if events.count == 3 { await engine.kill() }
            events.append(event)
        }
        let last = try #require(events.last)
        #expect(!last.isDone)
        #expect(try JSONValue(parsing: last.data)["error"]?["code"]?.string == "upstream_broken")
        let after = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.hello)
        #expect(after.status == 503)
        #expect(after.headers["retry-after"] == "2")
        #expect(try await TestHTTP(proxy.url).get("/health").status == 503)
    }

    @Test func theSetUpsEngineIsStartedAndStopped() async throws {
        let home = try TestHome()
        try await home.provideEngine()
        let proxy = try await LocalCodeProcess.serve(home: home)
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.hello)
        #expect(answer.json["usage"]?["completion_tokens"]?.int == 12)
        #expect(await proxy.terminate() == .exited(0))
        #expect(proxy.lines.contains { $0.contains("[Engine] tiny is ready after ") })
    }

    /// A home whose engine leaves its process's number and its arguments behind.
    private func home(engine command: String) throws -> TestHome {
        let home = try TestHome()
        try home.directory.makeDirectory("data/localcode/engine")
        try home.directory.makeDirectory("data/localcode/models")
        try home.directory.write(
            "#!/bin/sh\necho $$ > \"$HOME/engine.pid\"\necho \"$@\" > \"$HOME/engine.arguments\"\nexec \(command)\n",
            to: "data/localcode/engine/llama-server", mode: 0o700)
        return home
    }

    private func realEngine() throws -> String {
        "'\(try TestPlaces.python())' -I '\(TestPlaces.repository)/scripts/engine/llama-server.py' \"$@\""
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anEngineThatStartsCanBeInterrupted(signal: Int32) async throws {
        let home = try home(engine: "sleep 1000")
        try home.directory.link("data/localcode/models/default.gguf", to: try await TinyModel.tiny.path())
        let process = try ChildProcess(
            TestPlaces.binary(), ["serve", "--port", "0"], environment: home.environment, directory: home.directory.path
        )
        #expect(await process.firstErrorLine { $0.contains("listening") ? true : nil } == true)
        process.send(signal)
        let (status, _, _) = await process.collect()
        #expect(status == .exited(0))
        // It may not have come to write this.
        if let pid = pid_t(Self.text(of: "\(home.directory.path)/engine.pid")) { #expect(kill(pid, 0) != 0) }
    }

    @Test func anEngineThatDiesIsMentioned() async throws {
        let home = try home(engine: realEngine())
        try home.directory.link("data/localcode/models/default.gguf", to: try await TinyModel.tiny.path())
        let proxy = try await LocalCodeProcess.serve(home: home)
        #expect(try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.hello).status == 200)
        kill(try #require(pid_t(Self.text(of: "\(home.directory.path)/engine.pid"))), SIGKILL)
        #expect(await proxy.line(containing: "tiny is started again") != nil)
        #expect(await proxy.line(containing: "signal 9") != nil)
        #expect(await proxy.terminate() == .exited(0))
    }

    @Test func theEngineEndsThoughNobodyReadsTheLog() async throws {
        let home = try home(engine: realEngine())
        try home.directory.link("data/localcode/models/default.gguf", to: try await TinyModel.tiny.path())
        let serve = "'\(try TestPlaces.binary())' serve --port 0 2>&1 & echo $! >&2; wait $!; echo ended with $? >&2"
        let reader = "grep -m 1 'is ready'; exec 0<&-; echo the reader is gone >&2"
        let process = try ChildProcess(
            "/bin/sh", ["-c", "{ \(serve); } | { \(reader); }"], environment: home.environment,
            directory: home.directory.path)
        let pid = try #require(await process.firstErrorLine { pid_t($0) })
        #expect(await process.firstErrorLine { $0.contains("reader is gone") ? true : nil } == true)
        kill(pid, SIGTERM)
        #expect(await process.firstErrorLine { $0.hasPrefix("ended") ? String($0) : nil } == "ended with 0")
        let arguments = Self.text(of: "\(home.directory.path)/engine.arguments").split(separator: " ")
        let socket = try #require(arguments.first { $0.hasSuffix("engine.sock") })
        #expect(access(String(socket.dropLast("/engine.sock".count)), F_OK) != 0)
    }

    /// A short file without its last line end; empty when it is not there.
    private static func text(of file: String) -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).filter { $0 != 10 }, as: UTF8.self)
    }

    @Test func aStreamThatRunsMayFinishAtTheEnd() async throws {
        let (proxy, engine) = try await serve("--grace", "2m")
        defer { withExtendedLifetime(engine) {} }
        var body = Self.streamedHello
        body["max_tokens"] = 2000
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", body)
        var events: [ServerSentEvent] = []
        for try await event in stream.events {
            if events.isEmpty { proxy.process.send(SIGTERM) }
            events.append(event)
        }
        #expect(events.last?.isDone == true)
        #expect(await proxy.process.waitForExit() == .exited(0))
    }

    @Test func theLogTellsTheStory() async throws {
        let (proxy, engine) = try await serve("--log-format", "json")
        defer { withExtendedLifetime(engine) {} }
        var body = Self.streamedHello
        body["tools"] = [["type": "function", "function": ["name": "read_file", "parameters": ["type": "object"]]]]
        body["messages"] = [["role": "system", "content": "be brief"], ["role": "user", "content": "h\u{1B}[31mi"]]
        _ = try await TestHTTP(proxy.url).post(
            "/v1/chat/completions", body, headers: ["User-Agent": "opencode/1.18.34 x"])
        let response = try #require(await proxy.line(containing: #""event":"response""#))
        let request = try #require(proxy.lines.first { $0.contains(#""event":"request""#) })
        let said = try JSONValue(parsing: Array(request.utf8))
        #expect(said["client"]?.string == "opencode")
        #expect(said["stream"]?.bool == true)
        #expect(said["messages"] == ["system": 1, "user": 1])
        #expect(said["tools"] == ["read_file"])
        #expect(said["last"]?["content"]?.string == "h\u{1B}[31mi")
        let ended = try JSONValue(parsing: Array(response.utf8))
        #expect(ended["id"] == said["id"])
        #expect(ended["completion_tokens"]?.int == 12)
        #expect(ended["prompt_tokens"]?.int ?? 0 > 10)
        #expect(ended["finish_reason"]?.string == "length")
    }
}

extension JSONValue {
    /// Its JSON as text.
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `localcode chat`, the real binary, against a real engine: through `localcode serve`, and without it.
@Suite("localcode chat, end to end", .timeLimit(.minutes(3)))
struct ChatTests {
    private static let schema =
        #"{"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","maximum":99}},"#
        + #""required":["name","age"],"additionalProperties":false}"#

    private func port(_ serve: LocalCodeProcess) -> [String] { ["--port", "\(serve.port)"] }

    @Test("One question through serve: piped input, a limit, the same answer with and without streaming")
    func question() async throws {
        let engine = try await TestEngine.start()
        let serve = try await LocalCodeProcess.serve(["--engine", engine.url])
        let options = port(serve) + ["--max-tokens", "12", "--temperature", "0"]
        let streamed = try await LocalCodeProcess.run(["chat", "count"] + options, input: Array("a b c\n".utf8))
        #expect(streamed.status == .exited(1))
        #expect(!streamed.output.isEmpty)
        #expect(streamed.errors.contains("limit of tokens"))
        let whole = try await LocalCodeProcess.run(
            ["chat", "count", "--no-stream"] + options, input: Array("a b c\n".utf8))
        #expect(whole.output == streamed.output)
    }

    @Test("The raw response is the engine's")
    func raw() async throws {
        let engine = try await TestEngine.start()
        let serve = try await LocalCodeProcess.serve(["--engine", engine.url])
        let result = try await LocalCodeProcess.run(["chat", "--json", "--max-tokens", "3", "hi"] + port(serve))
        #expect(result.status == .exited(1), "it is cut off")
        let response = try JSONValue(parsing: Array(result.output.utf8))
        #expect(response["object"]?.string == "chat.completion")
        #expect(response["usage"]?["completion_tokens"]?.int == 3)
    }

    @Test("A schema and a grammar shape the answer", arguments: [true, false])
    func shapes(throughServe: Bool) async throws {
        let engine = try await TestEngine.start()
        let serve = throughServe ? try await LocalCodeProcess.serve(["--engine", engine.url]) : nil
        let target = serve.map(port) ?? ["--url", engine.url]
        let home = try TestHome()
        try home.directory.write(Self.schema, to: "person.json")
        try home.directory.write("root ::= \"yes\" | \"no\"\n", to: "answer.gbnf")
        let person = try await LocalCodeProcess.run(
            ["chat", "who?", "--json-schema", "person.json", "--max-tokens", "400"] + target, home: home)
        #expect(person.status == .exited(0), "\(person.errors)")
        let value = try JSONValue(parsing: Array(person.output.utf8))
        #expect(value["name"]?.string != nil)
        #expect(value["age"]?.int != nil)
        let cut = try await LocalCodeProcess.run(
            ["chat", "who?", "--json-schema", "person.json", "--max-tokens", "3"] + target, home: home)
        #expect(cut.status == .exited(1))
        #expect(cut.errors.contains("limit of tokens"), "\(cut.errors)")
        #expect(!cut.errors.contains("schema"), "\(cut.errors)")
        let answer = try await LocalCodeProcess.run(
            ["chat", "is it?", "--grammar", "answer.gbnf"] + target, home: home)
        #expect(["yes", "no"].contains(answer.output))
    }

    @Test("A picture reaches a model that sees, and a refusal is told")
    func picture() async throws {
        let seeing = try await TestEngine.start("--mmproj", try await TinyModel.multimodal.path())
        let home = try TestHome()
        try write(Self.picture, to: "\(home.directory.path)/dot.png")
        let options = ["chat", "what is it?", "--image", "dot.png", "--max-tokens", "4"]
        let seen = try await LocalCodeProcess.run(options + ["--url", seeing.url], home: home)
        #expect(seen.status == .exited(1), "\(seen.errors)")
        #expect(seen.errors.contains("limit of tokens"), "\(seen.errors)")
        #expect(!seen.output.isEmpty)
        let blind = try await TestEngine.start()
        let refused = try await LocalCodeProcess.run(options + ["--url", blind.url], home: home)
        #expect(refused.status == .exited(1))
        #expect(refused.errors.hasPrefix("localcode: error: "))
        #expect(refused.output.isEmpty)
    }

    /// One pixel.
    private static let picture: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
        0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4,
        0x89, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xFC, 0xCF, 0xC0, 0x50,
        0x0F, 0x00, 0x04, 0x85, 0x01, 0x80, 0x84, 0xA9, 0x8C, 0x21, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
        0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    @Test("An engine that dies in the middle is an error, and what had come is kept")
    func dyingEngine() async throws {
        let engine = try await TestEngine.start()
        let process = try ChildProcess(
            TestPlaces.binary(), ["chat", "count", "--max-tokens", "8000", "--url", engine.url],
            environment: try TestHome().environment)
        await outputBegins(process)
        await engine.kill()
        let (status, output, errors) = await process.collect()
        #expect(status == .exited(1), "\(errors)")
        #expect(errors.contains("localcode: error: the answer broke off"))
        #expect(!output.isEmpty)
    }

    @Test("Ctrl-C ends a question as the signal does")
    func interrupted() async throws {
        let gate = Gate()
        let server = try RecordingServer { _ in
            .chunked([.event(#"{"choices":[{"delta":{"content":"half"}}]}"#), .wait(gate), .waitForClientToLeave])
        }
        let process = try ChildProcess(
            TestPlaces.binary(), ["chat", "x", "--url", server.url], environment: try TestHome().environment)
        await outputBegins(process)
        process.send(SIGINT)
        let (status, output, _) = await process.collect()
        #expect(status == .signaled(SIGINT))
        #expect(output == Array("half".utf8))
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    @Test("Without a server, the way to start one is told")
    func nobody() async throws {
        let gone = try RecordingServer { _ in .complete("") }.port
        let result = try await LocalCodeProcess.run(["chat", "hi", "--port", "\(gone)"])
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("localcode serve"))
    }
}

/// Conversations on a real pseudo terminal.
@Suite("localcode chat on a terminal", .timeLimit(.minutes(3)))
struct ChatTerminalTests {
    /// What a session left.
    private struct Session {
        let screen: String
        let status: Int
        let restored: Bool
        let home: TestHome
    }

    /// - Parameter steps: what Python/terminal.py takes.
    private func talk(_ arguments: [String], _ steps: [JSONValue]) async throws -> Session {
        let home = try TestHome()
        var environment = home.environment
        environment["TERM"] = "xterm-256color"
        let process = try ChildProcess(
            TestPlaces.python(),
            ["-I", "\(TestPlaces.repository)/Tests/EndToEndTests/Python/terminal.py", TestPlaces.binary(), "chat"]
                + arguments,
            environment: environment, directory: home.directory.path, input: JSONValue.array(steps).bytes)
        let (status, output, errors) = await process.collect()
        #expect(status == .exited(0), "\(errors)")
        let result = try JSONValue(parsing: output)
        return Session(
            screen: try #require(result["screen"]?.string), status: try #require(result["status"]?.int),
            restored: result["restored"]?.bool ?? false, home: home)
    }

    private func wait(_ text: String) -> JSONValue { ["wait": .string(text)] }
    private func send(_ text: String) -> JSONValue { ["send": .string(text)] }

    @Test("A conversation through serve: the second turn finds the first in the cache")
    func conversation() async throws {
        let engine = try await TestEngine.start()
        let serve = try await LocalCodeProcess.serve(["--engine", engine.url])
        let session = try await talk(
            ["--port", "\(serve.port)", "--max-tokens", "8"],
            [
                wait("> "), send("helo\u{1B}[Dl\r"), wait("8 out"), wait("> "),
                send("\u{1B}[200~two\nlines\u{1B}[201~\r"), wait("from the cache), 8 out"), wait("> "),
                send("/save talk.json\r"), wait("saved: talk.json"), wait("> "), send("\u{4}"),
            ])
        #expect(session.status == 0)
        #expect(session.restored)
        let saved = try JSONValue(parsing: Array(try read("\(session.home.directory.path)/talk.json")))
        let messages = try #require(saved["messages"]?.array)
        #expect(messages.count == 4)
        #expect(messages.first?["content"]?.string == "hello")
        #expect(messages.dropFirst(2).first?["content"]?.string == "two\nlines")
        #expect(
            try read("\(session.home.directory.path)/state/localcode/history")
                == Array("hello\ntwo\\nlines\n/save talk.json\n".utf8))
    }

    @Test("Ctrl-C stops the answer and not the session; the partial answer stays")
    func stopping() async throws {
        let server = try RecordingServer { request in
            guard request.method == "POST" else { return .complete("{}") }
            guard !String(decoding: request.body, as: UTF8.self).contains("half") else {
                return .events([#"{"choices":[{"finish_reason":"stop","delta":{"content":"rest"}}]}"#])
            }
            return .chunked([
                .event(#"{"choices":[{"delta":{"reasoning_content":"thinking"}}]}"#),
                .event(#"{"choices":[{"delta":{"content":"half"}}]}"#), .waitForClientToLeave,
            ])
        }
        let session = try await talk(
            ["--url", server.url],
            [
                wait("> "), send("one\r"), wait("half"), send("\u{3}"), wait("stopped"), wait("> "), send("lost\u{3}"),
                wait("^C"), wait("> "), send("go on\r"), wait("rest"), wait("> "), send("/quit\r"),
            ])
        #expect(session.status == 0)
        #expect(session.restored)
        // Dimmed, and not in the answer's line.
        #expect(session.screen.contains("\u{1B}[2mthinking\u{1B}[22m"))
        let last = try #require(server.requests.last)
        let messages = try JSONValue(parsing: last.body)["messages"]?.array ?? []
        #expect(messages.map { $0["content"]?.string } == ["one", "half", "go on"])
        #expect(messages.dropFirst().first?["reasoning_content"]?.string == "thinking")
    }

    @Test("The terminal is as it was, whatever ends the session", arguments: [SIGTERM, SIGHUP, SIGQUIT])
    func signals(_ number: Int32) async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let session = try await talk(
            ["--url", server.url], [wait("> "), send("typed"), wait("typed"), ["signal": .number(Int(number))]])
        #expect(session.status == -Int(number))
        #expect(session.restored)
        #expect(session.screen.hasSuffix("\u{1B}[?2004l"))
    }

    @Test("A model cannot speak to the terminal")
    func hostileAnswer() async throws {
        let server = try RecordingServer { request in
            request.method == "GET"
                ? .complete("{}")
                : .events([#"{"choices":[{"finish_reason":"stop","delta":{"content":"\u001b]0;title\u0007end"}}]}"#])
        }
        let session = try await talk(
            ["--url", server.url], [wait("> "), send("x\r"), wait("end"), wait("> "), send("\u{4}")])
        #expect(session.screen.contains("^[]0;title^Gend"))
    }

    @Test("Without a server, no conversation begins")
    func nobody() async throws {
        let gone = try RecordingServer { _ in .complete("") }.port
        let session = try await talk(["--port", "\(gone)"], [wait("localcode serve")])
        #expect(session.status == 1)
        #expect(session.restored)
    }
}

/// Waits for the first bytes on standard output.
private func outputBegins(_ process: ChildProcess) async {
    while process.standardOutput.isEmpty, process.isRunning { await Task.yield() }
}

private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
}

private func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
}

import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Cache: warm")
struct CacheWarmTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private static let warmed = """
        {"tokens":1200,"bytes":1048576,"seconds":2.5,"was_there":false,"verified":true,"key":"3f2a91c0aabbccdd"}
        """

    /// Plays `serve`: answers `/health`, and `warm` with what the closure says.
    private func serve(
        _ warm: @escaping @Sendable (RecordedRequest) -> ScriptedResponse = { _ in .complete(Self.warmed) }
    )
        throws -> RecordingServer
    {
        try RecordingServer { request in
            switch request.target {
            case "/health": .complete(#"{"status":"ok","provider":"LocalCode"}"#)
            case "/localcode/cache/warm": warm(request)
            default: .complete(status: 404, #"{"error":{"message":"no"}}"#)
            }
        }
    }

    private func bodies(_ server: RecordingServer) throws -> [JSONValue] {
        try server.requests.filter { $0.target.hasSuffix("warm") }.map { try JSONValue(parsing: $0.body) }
    }

    private func write(_ body: JSONValue, to name: String) throws -> String {
        try fixture.directory.write(body.description, to: name)
    }

    private let request: JSONValue = ["messages": [["role": "user", "content": "hi"]]]

    @Test("a request file goes to serve as it is, with the key")
    func file() async throws {
        let server = try serve()
        let path = try write(request, to: "request.json")
        let context = TestContext(environment: ["LOCALCODE_API_KEY": "secret"])
        let (status, output, error) = await fixture.run("cache", "warm", path, "-p", "\(server.port)", context: context)
        #expect(status == 0 && error.isEmpty)
        #expect(try bodies(server) == [request])
        #expect(server.requests.last?.header("Authorization") == "Bearer secret")
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines == ["KEY TOKENS SIZE TIME STATE SOURCE", "3f2a91c0aabb 1200 1 MiB 2.5 s new \(path)"])
    }

    @Test("several: one that fails is named, the others are done, and the status is 1")
    func several() async throws {
        let server = try serve { request in
            let isBad = String(decoding: request.body, as: UTF8.self).contains("bad")
            return isBad
                ? .complete(status: 409, #"{"error":{"message":"the engine cannot save states"}}"#)
                : .complete(Self.warmed)
        }
        let good = try write(request, to: "good.json")
        let bad = try write(["messages": [["role": "user", "content": "bad"]]], to: "bad.json")
        let (status, output, error) = await fixture.run("cache", "warm", bad, good, "-p", "\(server.port)")
        #expect(status == 1 && output.contains(good) && !output.contains(bad))
        #expect(error.contains("\(bad): the engine cannot save states\n"))
        #expect(error.contains("error: 1 of 2 states could not be made ready"))
        let context = TestContext()
        #expect(
            await context.run(
                "cache", "warm", bad, good, "--json", "-p", "\(server.port)", "--cache-dir", fixture.path) == 1)
        let json = try JSONValue(parsing: Array(context.output.utf8))
        #expect(json[0]?["done"] == false && json[0]?["problem"] == "the engine cannot save states")
        #expect(json[1]?["done"] == true && json[1]?["tokens"] == 1200)
    }

    @Test("what was not verified is not done")
    func unverified() async throws {
        let server = try serve { _ in .complete(Self.warmed.replacing(#""verified":true"#, with: #""verified":false"#))
        }
        let path = try write(request, to: "request.json")
        let (status, output, error) = await fixture.run("cache", "warm", path, "-p", "\(server.port)")
        #expect(status == 1 && output.isEmpty && error.contains("could not be verified"))
    }

    @Test("a project takes OpenCode's prompt and tools from the newest request in the journal")
    func project() async throws {
        let server = try serve()
        let system = "You are opencode.\n<env>\n  Working directory: /old\n  Workspace root folder: /\n</env>"
        let seen: JSONValue = [
            "model": "main",
            "messages": [["role": "system", "content": .string(system)], ["role": "user", "content": "x"]],
            "tools": [["type": "function", "function": ["name": "bash"]]],
        ]
        try append(seen, session: "ses_1")
        try append(["messages": [["role": "system", "content": "You are a title generator."]]], session: "ses_1")
        try fixture.directory.makeDirectory("project/.git")
        try fixture.directory.write("Tabs, not spaces.\n", to: "project/AGENTS.md")
        let path = "\(fixture.directory.path)/project"
        let (status, _, error) = await fixture.run("cache", "warm", path, "-p", "\(server.port)")
        #expect(status == 0 && error.isEmpty, "\(error)")
        let body = try #require(try bodies(server).first)
        #expect(body["tools"]?.array?.count == 1 && body["messages"]?.array?.count == 1 && body["model"] == "main")
        let prompt = try #require(body["messages"]?[0]?["content"]?.string)
        let resolved = Directories.resolved(path)
        #expect(prompt.contains("Working directory: \(resolved)\n") && prompt.contains("\nTabs, not spaces.\n"))
    }

    @Test("a project without a request of OpenCode says what is missing; a template is taken instead")
    func template() async throws {
        let server = try serve()
        try fixture.directory.makeDirectory("project/.git")
        try fixture.directory.write("Tabs.", to: "project/AGENTS.md")
        let path = "\(fixture.directory.path)/project"
        let plain = await fixture.run("cache", "warm", path, "-p", "\(server.port)")
        #expect(plain.status == 0 && plain.error.contains("note: \(path): no request of OpenCode is known"))
        let system: JSONValue = ["role": "system", "content": "Hi.\n<env>\n  Working directory: /x\n</env>"]
        let template = try write(["messages": [system]], to: "template.json")
        let like = await fixture.run("cache", "warm", path, "--template", template, "-p", "\(server.port)")
        #expect(like.status == 0 && like.error.isEmpty)
        #expect(try bodies(server).last?["messages"]?[0]?["content"]?.string?.hasPrefix("Hi.\n<env>") == true)
        let wrong = await fixture.run(
            "cache", "warm", path, "--template", try write(request, to: "r.json"), "-p", "\(server.port)")
        #expect(wrong.status == 1 && wrong.error.contains("is no request of OpenCode"))
    }

    // MARK: - Sessions

    private func append(_ body: JSONValue, session: String?) throws {
        let request = try ChatRequest(JSONView(validating: body.bytes), kind: .chat)
        let digest = StoreFixture.fingerprint("tiny").digest
        let chain = PrefixChain(request, fingerprint: digest)
        let first = chain.boundaries.dropFirst().first?.digest ?? chain.base
        try fixture.open().append(
            RequestRecord(
                time: 1, fingerprint: digest, conversation: first, session: session, model: "tiny", key: chain.key,
                boundaries: chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) },
                placement: "cold", expectedTokens: 0, body: body.bytes))
    }

    private func chat(_ texts: String...) -> JSONValue {
        ["messages": .array(texts.map { ["role": "user", "content": .string($0)] })]
    }

    @Test("--last takes the newest request of each of the newest sessions, the newest last")
    func last() async throws {
        let server = try serve()
        try append(chat("old"), session: nil)
        try append(chat("a", "b"), session: "ses_1")
        try append(chat("a", "b", "c", "d"), session: "ses_1")
        try append(chat("title of a"), session: "ses_1")
        try append(chat("x"), session: "ses_2")
        let (status, output, _) = await fixture.run("cache", "warm", "--last", "2", "-p", "\(server.port)")
        #expect(status == 0 && output.contains("ses_1") && output.contains("ses_2"))
        #expect(try bodies(server) == [chat("a", "b", "c", "d"), chat("x")])
    }

    @Test("--last of nothing fails")
    func lastOfNothing() async throws {
        let server = try serve()
        let result = await fixture.run("cache", "warm", "--last", "2", "-p", "\(server.port)")
        #expect(result.status == 1 && result.error.contains("no sessions are known yet"))
    }

    // MARK: - Errors

    @Test("what cannot be read stops it before anything is asked")
    func unreadable() async throws {
        let server = try serve()
        let text = try fixture.directory.write("hello", to: "text.txt")
        let empty = try write([:], to: "empty.json")
        for (path, message) in [
            (text, "is no JSON"), (empty, "is no chat request"), ("/nowhere/at/all", "there is no file"),
            (try write(["prompt": "x"], to: "prompt.json"), "has no 'messages'"),
        ] {
            let result = await fixture.run("cache", "warm", path, "-p", "\(server.port)")
            #expect(result.status == 1 && result.error.contains(message), "\(result)")
        }
        #expect(server.requests.isEmpty)
        #expect(await fixture.run("cache", "warm").status == 2)
    }

    @Test("who answers must be LocalCode, or there must be an engine")
    func nobody() async throws {
        let path = try write(request, to: "request.json")
        let other = try RecordingServer { _ in .complete(#"{"status":"ok"}"#) }
        let foreign = await fixture.run("cache", "warm", path, "-p", "\(other.port)")
        #expect(foreign.status == 1 && foreign.error.contains("is no LocalCode"))
        let closed = 1
        let absent = await fixture.run("cache", "warm", path, "-p", "\(closed)")
        #expect(
            absent.status == 1 && absent.error.contains("no 'localcode serve' answers at http://127.0.0.1:\(closed)"))
        #expect(absent.error.contains("--engine URL and --slot-dir DIR"))
        let engine = await fixture.run(
            "cache", "warm", path, "-p", "\(closed)", "--engine", "http://127.0.0.1:\(closed)")
        #expect(engine.status == 1 && engine.error.contains("llama-server at http://127.0.0.1:\(closed)"))
    }

    @Test("a wrong key is told with the way to set it")
    func key() async throws {
        let server = try serve { _ in .complete(status: 401, #"{"error":{"message":"wrong key"}}"#) }
        let path = try write(request, to: "request.json")
        let result = await fixture.run("cache", "warm", path, "-p", "\(server.port)")
        #expect(
            result.status == 1 && result.error.contains("\(path): wrong key (set LOCALCODE_API_KEY or pass --api-key)"),
            "\(result)")
    }
}

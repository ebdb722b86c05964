import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Cache: why")
struct CacheWhyTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private static let system = "You help.\n<env>\n  Today's date: Mon Nov 23 2026\n</env>\nBe brief."

    private func body(system: String = Self.system, tools: [String] = ["bash", "read"], _ messages: JSONValue...)
        -> JSONValue
    {
        [
            "model": "tiny",
            "messages": .array([["role": "system", "content": .string(system)]] + messages),
            "tools": .array(
                tools.map { ["type": "function", "function": ["name": .string($0), "description": "Does \($0)."]] }),
        ]
    }

    private func user(_ text: String) -> JSONValue { ["role": "user", "content": .string(text)] }

    /// Puts a request into the journal.
    @discardableResult private func append(
        _ body: JSONValue, placement: String = "cold", cached: Int? = 0, prompt: Int? = 1000, model: String = "tiny"
    ) throws -> RequestRecord {
        let request = try ChatRequest(JSONView(validating: body.bytes), kind: .chat)
        let fingerprint = StoreFixture.fingerprint(model)
        let chain = PrefixChain(request, fingerprint: fingerprint.digest)
        let boundaries = chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) }
        let record = RequestRecord(
            time: SystemTime.wall() - 90, fingerprint: fingerprint.digest, conversation: chain.key, model: model,
            key: chain.key, boundaries: boundaries, placement: placement, expectedTokens: 0, actualTokens: cached,
            promptTokens: prompt, body: body.bytes)
        let store = try fixture.open()
        try store.append(record)
        var engine = EngineRecord(fingerprint: fingerprint.digest, model: model, components: fingerprint)
        engine.prefillTokensPerSecond = 100
        try store.update(engine)
        return record
    }

    @Test("the date in the system prompt is found, with its cost")
    func date() async throws {
        try append(body(user("hi")))
        try append(body(system: Self.system.replacing("Mon Nov 23", with: "Tue Nov 24"), user("hi")), cached: 20)
        let (status, output, error) = await fixture.run("cache", "why")
        #expect(status == 0 && error.isEmpty)
        #expect(output.contains("the system prompt changed, line 3, column 17:"), "\(output)")
        #expect(output.contains("as it does at midnight"))
        #expect(output.contains("    earlier ") && output.contains("Today's date: Mon Nov 23 2026⏎"))
        #expect(output.contains("    now     ") && output.contains("Today's date: Tue Nov 24 2026⏎"))
        #expect(output.contains("shared    nothing: they part before the first message"))
        #expect(output.contains("1,000 tokens: 20 from the cache, 980 read"))
        #expect(output.contains("980 tokens of the earlier prompt had to be read again, which takes 9.8 s."))
        let json = try await fixture.json("cache", "why")
        #expect(json["differences"]?[0]?["kind"] == "system-changed")
        #expect(json["differences"]?[0]?["cause"] == "date" && json["differences"]?[0]?["line"] == 3)
        #expect(
            json["cost"] == [
                "prompt_tokens": 1000, "cached_tokens": 20, "tokens": 980, "seconds": 9.8, "estimated": false,
            ])
        #expect(json["nearest"]?["id"] == 1 && json["request"]?["id"] == 2)
        #expect(json["shared"] == ["boundaries": 0, "messages": 0])
    }

    @Test("what would have helped is named, where something would")
    func stabiliser() async throws {
        try append(body(user("hi")))
        try append(body(system: Self.system.replacing("Mon Nov 23", with: "Tue Nov 24"), user("hi")))
        let moved = await fixture.run("cache", "why").output.replacing("\n", with: " ")
        #expect(moved.contains("The stabiliser volatile-lines would have helped: it moves date, time,"), "\(moved)")
        #expect(moved.contains("Name it under 'stabilisers' of 'routing' in localcode.yaml."))
        #expect(try await fixture.json("cache", "why")["differences"]?[0]?["stabiliser"] == "volatile-lines")

        try append(body(tools: ["write", "edit"], user("ho")))
        try append(body(tools: ["edit", "write"], user("ho")))
        let ordered = await fixture.run("cache", "why").output.replacing("\n", with: " ")
        #expect(ordered.contains("The stabiliser tool-order would have helped: it keeps"), "\(ordered)")
        #expect(!ordered.contains("Name it under"))

        try append(body(system: "You paint.", user("hi")))
        #expect(await !fixture.run("cache", "why").output.contains("stabiliser"))
        #expect(try await fixture.json("cache", "why")["differences"]?[0]?["stabiliser"] == .null)
    }

    @Test("the nearest is the one with the longest beginning in common, not the newest")
    func nearest() async throws {
        let answer: JSONValue = ["role": "assistant", "content": "hello"]
        try append(body(user("hi"), answer, user("go on")))
        try append([
            "model": "tiny", "messages": [["role": "system", "content": "You are a title generator."], user("hi")],
        ])
        try append(body(user("other")))
        try append(body(user("hi"), answer, user("stop")), cached: 700)
        let json = try await fixture.json("cache", "why")
        #expect(json["nearest"]?["id"] == 1)
        #expect(json["differences"]?.array?.count == 1)
        #expect(json["differences"]?[0]?["message"] == 3 && json["differences"]?[0]?["role"] == "user")
        #expect(json["shared"] == ["boundaries": 3, "messages": 3])
        #expect(json["cost"]?["tokens"] == 300 && json["cost"]?["seconds"] == 3)
    }

    @Test("tools are listed by name")
    func tools() async throws {
        try append(body(user("hi")))
        try append(body(tools: ["bash", "edit"], user("hi")))
        let output = await fixture.run("cache", "why").output
        #expect(output.contains("the tool edit is new") && output.contains("the tool read is gone"), "\(output)")
    }

    @Test("reasoning that was dropped")
    func reasoning() async throws {
        let full: JSONValue = ["role": "assistant", "content": "x", "reasoning_content": "I think so."]
        try append(body(user("a"), full, user("b")))
        try append(body(user("a"), ["role": "assistant", "content": "x"], user("b")))
        let output = await fixture.run("cache", "why").output
        #expect(output.contains("message 2 (assistant) came back without what the model thought"), "\(output)")
        #expect(output.contains("I think so.") && output.contains("    now     -\n"))
    }

    @Test("a request that only goes on says that nothing differs, and that its state was gone")
    func nothingDiffers() async throws {
        try append(body(user("a")))
        try append(body(user("a"), ["role": "assistant", "content": "x"], user("b")), placement: "cold", prompt: 1200)
        let output = await fixture.run("cache", "why").output
        #expect(output.contains("Nothing differs: the request goes on where the earlier one ended."), "\(output)")
        #expect(output.contains("in no slot and no file"))
        try append(
            body(user("a"), ["role": "assistant", "content": "x"], user("b"), user("c")), placement: "resident",
            cached: 1190, prompt: 1300)
        let resident = await fixture.run("cache", "why").output.replacing("\n", with: " ")
        #expect(resident.contains("Its state was still in the slot.") && !resident.contains("Cost:"), "\(resident)")
        #expect(try await fixture.json("cache", "why", "2")["nearest"]?["id"] == 1)
    }

    @Test("another engine is told with what differs")
    func engine() async throws {
        try append(body(user("a")))
        try append(body(user("a")), model: "gemma")
        let output = await fixture.run("cache", "why").output
        #expect(output.contains("another engine answered") && output.contains("    model: tiny → gemma"), "\(output)")
        let json = try await fixture.json("cache", "why")
        #expect(json["other_engine"] == true && json["differences"] == [])
        #expect(json["engine_differences"] == [["name": "model", "earlier": "tiny", "later": "gemma"]])
    }

    @Test("a request is named by number, key or file")
    func names() async throws {
        let first = try append(body(user("a")))
        try append(body(user("b")))
        #expect(try await fixture.json("cache", "why", "1")["request"]?["id"] == 1)
        let key = String(first.key.hex.prefix(10))
        #expect(try await fixture.json("cache", "why", key)["request"]?["key"] == .string(first.key.hex))
        try fixture.directory.write(body(user("c")).description, to: "request.json")
        let file = try await fixture.json("cache", "why", "\(fixture.directory.path)/request.json")
        #expect(file["request"]?.isNull == true && file["nearest"]?["id"] == 2)
        #expect(file["differences"]?[0]?["message"] == 1)
        let text = await fixture.run("cache", "why", "\(fixture.directory.path)/request.json")
        #expect(text.output.hasPrefix("request   from a file; 2 messages\n"))
    }

    @Test("the first request has nothing to be compared with")
    func first() async throws {
        try append(body(user("a")))
        let (status, output, _) = await fixture.run("cache", "why")
        #expect(status == 0 && output.contains("there is no earlier request to compare it with"))
        #expect(try await fixture.json("cache", "why")["nearest"]?.isNull == true)
    }

    @Test("nothing is explained where nothing was asked")
    func empty() async throws {
        let (status, output, error) = await fixture.run("cache", "why")
        #expect(status == 0 && output.isEmpty && error.hasPrefix("localcode: no requests yet in"))
        #expect(try await fixture.json("cache", "why").isNull)
    }

    @Test(
        "what cannot be found or read is said",
        arguments: [
            ("99", 2, "'99' is no request"), ("zzzz", 2, "is no request"),
            ("0000", 1, "no request 0000 is among the last 1"),
            ("./gone.json", 1, "there is no file ./gone.json"), ("/dev/null", 1, "/dev/null is no JSON"),
        ] as [(String, Int32, String)])
    func errors(name: String, status: Int32, message: String) async throws {
        try append(body(user("a")))
        let result = await fixture.run("cache", "why", name)
        #expect(result.status == status && result.error.contains(message), "\(result)")
    }

    @Test("no line is wider than the page")
    func width() async throws {
        let long = String(repeating: "word ", count: 300)
        try append(body(user(long + "a" + long)))
        try append(body(user(long + "b" + long)))
        for line in await fixture.run("cache", "why").output.split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= 80, "\(line)")
        }
    }
}

import LocalCodeCore
import Support
import Testing

@testable import Commands

/// The commands on a llama-server that nobody stands in front of.
@Suite("State: a real engine without serve")
struct EngineStateTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func start(_ model: TinyModel = .tiny) async throws -> (TestEngine, [String]) {
        let slots = try fixture.directory.makeDirectory("slots-\(model.rawValue)")
        let engine = try await TestEngine.start(["--slot-save-path", slots, "-np", "2"], model: model)
        return (engine, ["--engine", engine.url, "--slot-dir", slots, "--engine-id", model.rawValue, "-p", "1"])
    }

    private func run(_ arguments: [String]) async -> (status: Int32, output: String, error: String) {
        let context = TestContext()
        let status = await Program.run(arguments + ["--cache-dir", fixture.path], context: context.context)
        return (status, context.output, context.error)
    }

    private let request: JSONValue = [
        "messages": [
            ["role": "system", "content": .string(String(repeating: "Answer in few words. ", count: 40))],
            ["role": "user", "content": .string(String(repeating: "What is a KV cache? ", count: 20))],
        ]
    ]

    @Test("warm saves and verifies, the second time it was there, and load brings it back", .timeLimit(.minutes(2)))
    func warm() async throws {
        let (engine, flags) = try await start()
        let path = try fixture.directory.write(request.description, to: "request.json")
        let first = await run(["cache", "warm", path, "--json"] + flags)
        #expect(first.status == 0, "\(first.error)")
        let json = try JSONValue(parsing: Array(first.output.utf8))
        #expect(json[0]?["verified"] == true && json[0]?["was_there"] == false)
        #expect(json[0]?["tokens"]?.int ?? 0 > 100)
        #expect(try await fixture.json("cache", "ls").array?.count == 2, "the base and the conversation")
        let second = await run(["cache", "warm", path, "--json"] + flags)
        #expect(try JSONValue(parsing: Array(second.output.utf8))[0]?["was_there"] == true)
        #expect(await run(["cache", "verify"]).status == 0)

        let key = try #require(json[0]?["key"]?.string)
        let entry = try #require(try fixture.open().entries().first { $0.key.hex == key })
        let inspected = try await fixture.json("state", "inspect", String(key.prefix(12)))
        #expect(inspected["tokens"]?.int == entry.tokens && inspected["memory"]?[0]?["kind"] == "attention")
        // A copy under a name of its own goes back into a slot.
        let copy = "\(fixture.directory.path)/talk.kv"
        try fixture.open().export(entry, to: copy)
        let loaded = await run(["state", "load", copy] + flags)
        #expect(loaded.status == 0 && loaded.error.contains("loaded 'talk' into slot"), "\(loaded)")
        let slots = await run(["state", "slots", "--json"] + flags)
        #expect(slots.status == 0, "\(slots.error)")
        await engine.stop()
    }

    @Test("a state of one engine is refused for another of the same shape", .timeLimit(.minutes(2)))
    func twin() async throws {
        let path = try fixture.directory.write(request.description, to: "request.json")
        let (engine, flags) = try await start()
        #expect(await run(["cache", "warm", path] + flags).status == 0)
        await engine.stop()
        let entry = try #require(try fixture.open().entries().first)
        let copy = "\(fixture.directory.path)/talk.kv"
        try fixture.open().export(entry, to: copy)
        let (twin, twinFlags) = try await start(.twin)
        let refused = await run(["state", "load", copy] + twinFlags)
        #expect(refused.status == 1 && refused.error.contains("belongs to another engine"), "\(refused)")
        #expect(refused.error.contains("model is ") && refused.error.contains("engine-id is tinytwin here and tiny"))
        await twin.stop()
    }

    @Test("without its directory nothing can be verified, and it is said how to name it", .timeLimit(.minutes(1)))
    func noDirectory() async throws {
        let (engine, _) = try await start()
        let path = try fixture.directory.write(request.description, to: "request.json")
        let result = await run(["cache", "warm", path, "--engine", engine.url, "-p", "1"])
        #expect(result.status == 1 && result.error.contains("--slot-dir DIR"), "\(result)")
        await engine.stop()
    }
}

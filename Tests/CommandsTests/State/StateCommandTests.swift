import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("State: ls, rm, inspect, save, load, slots")
struct StateCommandTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func named(_ name: String, model: String = "tiny", _ words: String...) throws -> StateEntry {
        try fixture.save(
            words.isEmpty ? StoreFixture.boundaries(name, model) : words.flatMap { StoreFixture.boundaries($0) },
            kind: .named, name: name, model: model, title: "title of \(name)")
    }

    private func engine(_ model: String) -> JSONValue {
        let fingerprint = StoreFixture.fingerprint(model)
        return [
            "fingerprint": .string(fingerprint.digest.hex), "model": .string(model), "components": fingerprint.json,
        ]
    }

    /// Plays `serve` in front of an engine.
    private func serve(_ model: String = "tiny", save: JSONValue = nil) throws -> RecordingServer {
        let slots: JSONValue = [
            "engine": engine(model),
            "slots": [
                [
                    "id": 0, "state": "idle", "tokens": 812, "key": "3f2a91c0aabbccdd", "base": nil,
                    "title": "fix the build", "dirty": true,
                ], ["id": 1, "state": "foreign", "tokens": 0, "title": "", "dirty": false],
            ],
        ]
        let (slotsText, saveText) = (slots.description, save.description)
        return try RecordingServer { request in
            switch request.target {
            case "/health": .complete(#"{"status":"ok","provider":"LocalCode"}"#)
            case "/localcode/slots": .complete(slotsText)
            case "/localcode/state/save": .complete(saveText)
            case "/localcode/state/load": .complete(#"{"slot":1,"tokens":64,"ms":12.5}"#)
            default: .complete(status: 404, "{}")
            }
        }
    }

    private func body(_ server: RecordingServer, _ target: String) throws -> JSONValue? {
        try server.requests.last { $0.target == target }.map { try JSONValue(parsing: $0.body) }
    }

    // MARK: - ls, rm

    @Test("ls shows named states only, by name")
    func list() async throws {
        try fixture.save(StoreFixture.boundaries("c"))
        _ = try named("zeta")
        _ = try named("alpha", model: "gemma")
        let (status, output, error) = await fixture.run("state", "ls")
        #expect(status == 0 && error.isEmpty)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "NAME MODEL TOKENS SIZE AGE USED HITS FINGERPRINT STATE TITLE")
        #expect(lines.count == 3 && lines[1].hasPrefix("alpha gemma 64") && lines[2].hasPrefix("zeta tiny 64"))
        #expect(lines[2].hasSuffix("pinned title of zeta"))
        #expect(try await fixture.json("state", "ls", "--model", "gemma").array?.map { $0["name"] } == ["alpha"])
    }

    @Test("ls of nothing says how to make one")
    func listNothing() async throws {
        try fixture.save(StoreFixture.boundaries("c"))
        let (status, output, error) = await fixture.run("state", "ls")
        #expect(status == 0 && output.isEmpty && error.contains("'localcode state save NAME' makes one"))
    }

    @Test("rm removes by name, all or none")
    func remove() async throws {
        _ = try (named("one"), named("two"), named("three"))
        let mistyped = await fixture.run("state", "rm", "one", "tow")
        #expect(mistyped.status == 1 && mistyped.error.contains("there is no state 'tow'"))
        #expect(mistyped.error.contains("did you mean 'two'?"))
        #expect(try fixture.open().entries().count == 3)
        let (status, output, error) = await fixture.run("state", "rm", "one", "two")
        #expect(status == 0 && output.isEmpty && error.hasPrefix("localcode: removed 'one', 'two': "))
        #expect(try fixture.open().entries().compactMap(\.name) == ["three"])
        #expect(try await fixture.json("state", "rm", "three")[0]?["name"] == "three")
    }

    @Test("a name that several engines have must be told apart")
    func ambiguous() async throws {
        let (first, second) = (try named("same"), try named("same", model: "gemma"))
        let result = await fixture.run("state", "rm", "same")
        #expect(result.status == 1 && result.error.contains("2 engines have a state 'same'"))
        #expect(result.error.contains("\(second.fingerprint.hex.prefix(12)) (gemma)"))
        let digits = String(first.fingerprint.hex.prefix(12))
        #expect(await fixture.run("state", "rm", "same", "--fingerprint", digits).status == 0)
        #expect(try fixture.open().entries().map(\.model) == ["gemma"])
        #expect(
            await fixture.run("state", "rm", "same", "--fingerprint", "0000").error.contains("not for this fingerprint")
        )
    }

    // MARK: - inspect

    @Test("inspect shows a state by name, key or path")
    func inspect() async throws {
        let entry = try named("review", model: "tiny", "a", "b", "c")
        for word in ["review", String(entry.key.hex.prefix(8)), entry.path] {
            let (status, output, error) = await fixture.run("state", "inspect", word)
            #expect(status == 0 && error.isEmpty, "\(word): \(error)")
            #expect(output.contains("kind         named 'review'") && output.contains("tokens       64\n"))
            #expect(output.contains("checksum     matches") && output.contains("store        pinned"))
            #expect(output.contains("context-per-slot  8192") && output.contains("model             tiny"))
            #expect(output.contains(entry.key.hex) && output.contains(entry.fingerprint.hex))
        }
        let json = try await fixture.json("state", "inspect", "review")
        #expect(json["tokens"] == 64 && json["whole"] == true && json["memory"]?.isNull == true)
        #expect(json["description"]?["boundaries"]?.array?.count == 3)
        #expect(json["description"]?["components"] == ["context-per-slot": "8192", "model": "tiny"])
        #expect(json["entry"]?["name"] == "review" && json["checkpoints"] == [])
    }

    @Test("of many boundaries the first and the last are shown")
    func manyBoundaries() async throws {
        let boundaries = (0..<100).map { index in
            StateBoundary(digest: SHA256.digest(Array("\(index)".utf8)), bytes: index, tokens: nil)
        }
        try fixture.save(boundaries, kind: .named, name: "long")
        let output = await fixture.run("state", "inspect", "long").output
        #expect(output.contains("76 more") && output.contains("      15  ") && output.contains("      92  "))
        #expect(!output.contains("      16  ") && !output.contains("      91  "))
        #expect(try await fixture.json("state", "inspect", "long")["description"]?["boundaries"]?.array?.count == 100)
    }

    @Test("inspect looks at files from elsewhere, and at those of the engine alone")
    func inspectFiles() async throws {
        let path = "\(fixture.directory.path)/plain.bin"
        try TestFiles.write(StoreFixture.state(tokens: 32, bytes: 100), to: path)
        let plain = await fixture.run("state", "inspect", path)
        #expect(plain.status == 0 && plain.output.contains("none: written by the engine alone"))
        try TestFiles.write(Array("hello, this is no state at all".utf8), to: path)
        let text = await fixture.run("state", "inspect", path)
        #expect(text.status == 1 && text.error.contains("it is no state of llama-server"))
        #expect(await fixture.run("state", "inspect", "\(path).gone").error.contains("there is no file"))
        #expect(await fixture.run("state", "inspect", "nobody").error.contains("there is no state 'nobody'"))
    }

    @Test("inspect exits with 1 when the file is damaged, and still shows it")
    func inspectDamaged() async throws {
        let entry = try named("review")
        let copy = "\(fixture.directory.path)/copy.kv"
        try TestFiles.write(try TestFiles.bytes(of: entry.path), to: copy)
        try TestFiles.flipBit(at: entry.stateBytes - 1, of: copy)
        let (status, output, error) = await fixture.run("state", "inspect", copy)
        #expect(status == 1 && output.contains("DAMAGED") && error.contains("the checksum differs"))
        let json = try await fixture.json("state", "inspect", copy)
        #expect(json["whole"] == false && json["damage"]?.string?.contains("checksum") == true)
    }

    // MARK: - save

    @Test("save asks serve, prints the path and writes a copy that can be moved")
    func save() async throws {
        let entry = try named("mine")
        let server = try serve(save: ["entry": entry.summaryJSON])
        let copy = "\(fixture.directory.path)/mine.kv"
        let (status, output, error) = await fixture.run(
            "state", "save", "mine", "--slot", "1", "-o", copy, "-p", "\(server.port)")
        #expect(status == 0 && output == "\(copy)\n", "\(error)")
        #expect(error.hasPrefix("localcode: saved 'mine': 64 tokens, "))
        #expect(try body(server, "/localcode/state/save") == ["name": "mine", "slot": 1])
        #expect(try TestFiles.bytes(of: copy) == TestFiles.bytes(of: entry.path))
        let plain = await fixture.run(
            "state", "save", "mine", "--conversation", "3F2A91", "-p", "\(server.port)")
        #expect(plain.output == "\(entry.path)\n")
        #expect(try body(server, "/localcode/state/save") == ["name": "mine", "conversation": "3f2a91"])
        let context = TestContext()
        #expect(
            await context.run("state", "save", "mine", "--json", "-p", "\(server.port)", "--cache-dir", fixture.path)
                == 0)
        #expect(try JSONValue(parsing: Array(context.output.utf8))["path"] == .string(entry.path))
    }

    @Test(
        "save refuses what is no name, and a file that cannot be, before it asks",
        arguments: [["a/b"], [".hidden"], [""], ["x", "--slot", "0", "--conversation", "abcd"], ["a\nb"]])
    func saveMistakes(arguments: [String]) async throws {
        let server = try serve()
        let context = TestContext()
        let line = ["state", "save"] + arguments + ["-p", "\(server.port)", "--cache-dir", fixture.path]
        #expect(await Program.run(line, context: context.context) == 2, "\(context.error)")
        #expect(server.requests.isEmpty)
        let target = await fixture.run("state", "save", "x", "-o", "/nowhere/x.kv", "-p", "\(server.port)")
        #expect(target.status == 1 && target.error.contains("there is no directory /nowhere"))
        #expect(server.requests.isEmpty)
    }

    @Test("a copy cannot be written from a store that is not here")
    func saveElsewhere() async throws {
        let other = try StoreFixture()
        let entry = try other.save(StoreFixture.boundaries("x"), kind: .named, name: "far")
        let server = try serve(save: ["entry": entry.summaryJSON])
        let copy = "\(fixture.directory.path)/far.kv"
        let result = await fixture.run("state", "save", "far", "-o", copy, "-p", "\(server.port)")
        #expect(result.status == 1 && result.error.contains("name the directory of 'localcode serve' with --cache-dir"))
        let without = await fixture.run("state", "save", "far", "-p", "\(server.port)")
        #expect(without.status == 0 && without.output.isEmpty)
    }

    // MARK: - load

    @Test("load asks serve")
    func load() async throws {
        _ = try named("mine")
        let server = try serve()
        let (status, output, error) = await fixture.run("state", "load", "mine", "--slot", "1", "-p", "\(server.port)")
        #expect(status == 0 && output.isEmpty)
        #expect(error == "localcode: loaded 'mine' into slot 1: 64 tokens in 0.01 s\n")
        #expect(try body(server, "/localcode/state/load") == ["name": "mine", "slot": 1])
    }

    @Test("a file without a slash is not taken for a name without a word")
    func loadBareFile() async throws {
        let server = try serve()
        try fixture.directory.write("x", to: "talk.kv")
        let context = TestContext(directory: fixture.directory.path)
        #expect(await context.run("state", "load", "talk.kv", "-p", "\(server.port)", "--cache-dir", fixture.path) == 1)
        #expect(context.error.contains("for the file of this name, write ./talk.kv"))
    }

    @Test("load takes a file from elsewhere into the store, under its name")
    func loadFile() async throws {
        let elsewhere = try StoreFixture()
        let entry = try elsewhere.save(StoreFixture.boundaries("x"), kind: .named, name: "far")
        let conversation = try elsewhere.save(StoreFixture.boundaries("y"))
        let server = try serve()
        let named = await fixture.run("state", "load", entry.path, "-p", "\(server.port)")
        #expect(named.status == 0, "\(named.error)")
        #expect(try body(server, "/localcode/state/load") == ["name": "far"])
        let copy = "\(fixture.directory.path)/talk.kv"
        try TestFiles.write(try TestFiles.bytes(of: conversation.path), to: copy)
        #expect(await fixture.run("state", "load", copy, "-p", "\(server.port)").status == 0)
        #expect(try body(server, "/localcode/state/load") == ["name": "talk"])
        #expect(Set(try fixture.open().entries().compactMap(\.name)) == ["far", "talk"])
        #expect(await fixture.run("cache", "verify").status == 0)
    }

    @Test("another engine's state is refused, with both fingerprints and what differs")
    func mismatch() async throws {
        let entry = try named("mine", model: "gemma")
        let server = try serve("tiny")
        for word in ["mine", entry.path] {
            let (status, _, error) = await fixture.run("state", "load", word, "-p", "\(server.port)")
            #expect(status == 1)
            #expect(error.contains(StoreFixture.fingerprint("gemma").digest.hex), "\(error)")
            #expect(error.contains(StoreFixture.fingerprint("tiny").digest.hex))
            #expect(error.contains("model is tiny here and gemma in the state"))
            #expect(!error.contains("context-per-slot is"))
        }
        #expect(try body(server, "/localcode/state/load") == nil)
    }

    @Test("a file that does not say what it is, or is damaged, is refused")
    func loadForeign() async throws {
        let server = try serve()
        let path = "\(fixture.directory.path)/plain.kv"
        try TestFiles.write(StoreFixture.state(tokens: 32, bytes: 100), to: path)
        let plain = await fixture.run("state", "load", path, "-p", "\(server.port)")
        #expect(plain.status == 1 && plain.error.contains("does not say what it is"))
        let entry = try named("mine")
        try TestFiles.write(try TestFiles.bytes(of: entry.path), to: path)
        try TestFiles.flipBit(at: entry.stateBytes - 1, of: path)
        let damaged = await fixture.run("state", "load", path, "-p", "\(server.port)")
        #expect(damaged.status == 1 && damaged.error.contains("checksum"), "\(damaged)")
        #expect(try body(server, "/localcode/state/load") == nil)
    }

    // MARK: - slots

    @Test("slots shows what the engine holds")
    func slots() async throws {
        let server = try serve()
        let (status, output, _) = await fixture.run("state", "slots", "-p", "\(server.port)")
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(status == 0)
        #expect(
            lines == [
                "SLOT STATE TOKENS KEY SAVED TITLE", "0 idle 812 3f2a91c0aabb no fix the build", "1 foreign 0 -",
            ])
        let context = TestContext()
        #expect(await context.run("state", "slots", "--json", "-p", "\(server.port)", "--cache-dir", fixture.path) == 0)
        #expect(try JSONValue(parsing: Array(context.output.utf8))["slots"]?.array?.count == 2)
    }
}

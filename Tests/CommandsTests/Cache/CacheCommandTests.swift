import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Cache: ls, stats, prune, pin, verify")
struct CacheCommandTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Three states: a small one, a large one, a base.
    private func fill() throws -> [StateEntry] {
        [
            try fixture.save(StoreFixture.boundaries("b", "1"), title: "small one", bytes: 500),
            try fixture.save(StoreFixture.boundaries("b", "2", "3"), model: "gemma", title: "large one", bytes: 90_000),
            try fixture.save(StoreFixture.boundaries("b"), kind: .base, title: "the base", bytes: 2000),
        ]
    }

    // MARK: - Nothing there

    @Test(
        "where nothing is, nothing is made, and it is said kindly",
        arguments: [["cache", "ls"], ["cache", "stats"], ["cache", "prune"], ["cache", "verify"]])
    func nothing(arguments: [String]) async throws {
        let context = TestContext()
        #expect(await Program.run(arguments + ["--cache-dir", fixture.path], context: context.context) == 0)
        #expect(context.output.isEmpty)
        #expect(context.error.hasPrefix("localcode: no states yet in \(fixture.path)"))
        #expect(TestFiles.below(fixture.directory.path).isEmpty && !Project.isDirectory(fixture.path))
    }

    @Test("JSON of nothing is JSON")
    func nothingJSON() async throws {
        #expect(try await fixture.json("cache", "ls") == [])
        #expect(try await fixture.json("cache", "verify") == [])
        #expect(try await fixture.json("cache", "prune")["removed"] == [])
        #expect(try await fixture.json("cache", "stats")["entries"] == 0)
        #expect(try await fixture.json("state", "ls") == [])
    }

    @Test("an empty store is the same to the user")
    func empty() async throws {
        _ = try fixture.open()
        let (status, output, error) = await fixture.run("cache", "ls")
        #expect(status == 0 && output.isEmpty && error.hasPrefix("localcode: no states yet"))
    }

    @Test("a relative directory starts from the working directory, and the default is that of XDG")
    func directories() async throws {
        try fill().forEach { _ in }
        let relative = TestContext(directory: fixture.directory.path)
        #expect(await relative.run("cache", "ls", "--cache-dir", "localcode") == 0)
        #expect(relative.output.contains("small one"))
        let xdg = TestContext(environment: ["XDG_CACHE_HOME": fixture.directory.path])
        #expect(await xdg.run("cache", "ls") == 0)
        #expect(xdg.output.contains("small one"))
    }

    // MARK: - ls

    @Test("ls shows a line for each state")
    func list() async throws {
        let entries = try fill()
        let (status, output, error) = await fixture.run("cache", "ls", "--sort", "size")
        #expect(status == 0 && error.isEmpty)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "KEY KIND MODEL DEPTH TOKENS SIZE AGE USED HITS SAVED STATE TITLE")
        #expect(lines.count == 4)
        let key = entries[1].key.hex.prefix(12)
        #expect(lines[1].hasPrefix("\(key) conversation gemma 3 64 88"), "\(lines)")
        #expect(lines[1].hasSuffix("0 0 s ready large one"))
        #expect(lines[2].contains("base tiny 1 64") && lines[3].hasSuffix("small one"))
    }

    @Test("ls --json has everything, and filters hold for it")
    func listJSON() async throws {
        let entries = try fill()
        try fixture.open().pin(entries[0].id)
        try fixture.open().quarantine(entries[2].id, reason: "was not used twice")
        let all = try await fixture.json("cache", "ls", "--sort", "size", "--reverse")
        #expect(all.array?.map { $0["key"]?.string } == [entries[0], entries[2], entries[1]].map(\.key.hex))
        #expect(all[0]?["pinned"] == true && all[0]?["state"] == "ready")
        #expect(all[1]?["quarantine"] == "was not used twice" && all[1]?["kind"] == "base")
        #expect(all[2]?["bytes"]?.int == entries[1].fileBytes && all[2]?["boundaries"] == 3)
        #expect(try await fixture.json("cache", "ls", "--pinned").array?.count == 1)
        #expect(try await fixture.json("cache", "ls", "--quarantined").array?.count == 1)
        #expect(try await fixture.json("cache", "ls", "--model", "GEM").array?.count == 1)
        #expect(
            try await fixture.json("cache", "ls", "--fingerprint", String(entries[0].fingerprint.hex.prefix(6)))
                .array?.count == 2)
        try fixture.open().recordUse(entries[1].id, secondsSaved: 3)
        #expect(try await fixture.json("cache", "ls", "--unused").array?.count == 2)
        let hits = try await fixture.json("cache", "ls", "--sort", "hits")
        #expect(hits[0]?["hits"] == 1 && hits[0]?["seconds_saved"] == 3)
    }

    @Test("a choice that fits nothing says so")
    func noneFits() async throws {
        _ = try fill()
        let (status, output, error) = await fixture.run("cache", "ls", "--model", "llama")
        #expect(status == 0 && output.isEmpty && error == "localcode: none of the 3 states fits\n")
        let mistake = await fixture.run("cache", "ls", "--fingerprint", "no")
        #expect(mistake.status == 2 && mistake.error.contains("'no' is no fingerprint"))
    }

    // MARK: - stats

    @Test("stats add up")
    func stats() async throws {
        let entries = try fill()
        let store = try fixture.open()
        try store.recordUse(entries[1].id, secondsSaved: 3.5)
        _ = try store.recordMiss(entries[0].id, reason: "x")
        try store.pin(entries[0].id)
        for (placement, cached) in [("cold", 0), ("resident", 90)] {
            try store.append(
                RequestRecord(
                    time: 1, fingerprint: entries[0].fingerprint, conversation: entries[0].key, model: "tiny",
                    key: entries[0].key, boundaries: entries[0].boundaries, placement: placement, expectedTokens: 0,
                    actualTokens: cached, promptTokens: 100, savedSeconds: 1, body: Array("{}".utf8)))
        }
        var engine = EngineRecord(fingerprint: entries[0].fingerprint, model: "tiny")
        engine.ability = .prefix
        engine.prefillTokensPerSecond = 1234
        try store.update(engine)
        let json = try await fixture.json("cache", "stats", "--cache-size", "1GiB")
        #expect(json["entries"] == 3 && json["bytes"]?.int == entries.reduce(0) { $0 + $1.fileBytes })
        #expect(json["pinned"] == 1 && json["unused"] == 2 && json["hits"] == 1 && json["misses"] == 1)
        #expect(json["seconds_saved"] == 3.5)
        #expect(json["budget"]?["bytes"]?.int == 1 << 30 && json["budget"]?["free_disk"]?.int ?? 0 > 0)
        #expect(json["models"]?.array?.map { $0["model"]?.string } == ["gemma", "tiny"])
        #expect(json["models"]?[1]?["entries"] == 2)
        #expect(json["fingerprints"]?[1]?["prefill_tokens_per_second"] == 1234)
        #expect(json["requests"]?["placements"] == ["cold": 1, "resident": 1])
        #expect(json["requests"]?["cached_tokens"] == 90 && json["requests"]?["prompt_tokens"] == 200)
        let text = await fixture.run("cache", "stats", "--cache-size", "1GiB")
        #expect(text.status == 0 && text.error.isEmpty)
        #expect(text.output.contains("of 1 GiB (0 %)") && text.output.contains("1,234 t/s"))
        #expect(text.output.contains("45 % of their prompt tokens came from the cache"))
    }

    // MARK: - prune

    @Test("prune without a choice brings the store within the limits, and a dry run only says so")
    func prune() async throws {
        let entries = try fill()
        let dry = await fixture.run("cache", "prune", "--dry-run", "--cache-size", "50KiB")
        #expect(dry.status == 0 && dry.error.contains("would remove 2 states"), "\(dry)")
        #expect(dry.error.hasSuffix("; 1 state left\n"))
        #expect(try fixture.open().entries().count == 3)
        let real = await fixture.run("cache", "prune", "--cache-size", "50KiB")
        #expect(real.status == 0 && real.error.contains("removed 2 states") && real.output.contains("limit"))
        #expect(try fixture.open().entries().map(\.id) == [entries[2].id])
        let nothing = await fixture.run("cache", "prune")
        #expect(nothing.error == "localcode: removed 0 states, 0 bytes; 1 state left\n" && nothing.output.isEmpty)
    }

    @Test("prune by choice")
    func pruneChoice() async throws {
        let entries = try fill()
        try fixture.open().pin(entries[0].id)
        #expect(await fixture.run("cache", "prune", "--older-than", "1h").error.contains("removed 0 states"))
        let unused = try await fixture.json("cache", "prune", "--unused", "--dry-run")
        #expect(unused["dry_run"] == true && unused["removed"]?.array?.count == 2)
        #expect(unused["kept_pinned"] == [.string(entries[0].key.hex)])
        #expect(unused["removed"]?[0]?["reason"] == "selected")
        #expect(await fixture.run("cache", "prune", "--model", "gemma").status == 0)
        #expect(Set(try fixture.open().entries().map(\.id)) == [entries[0].id, entries[2].id])
        #expect(await fixture.run("cache", "prune", "--max-entries", "1").error.contains("removed 1 state,"))
        let all = await fixture.run("cache", "prune", "--all")
        #expect(all.error.contains("1 state left; 1 pinned state stays"))
        #expect(TestFiles.below(fixture.path, suffix: ".kv").count == 1)
    }

    @Test("--all and a choice exclude each other", arguments: ["--unused", "--max-size=1", "--model=x"])
    func pruneAll(other: String) async throws {
        _ = try fill()
        #expect(await fixture.run("cache", "prune", "--all", other).status == 2)
        #expect(try fixture.open().entries().count == 3)
    }

    // MARK: - pin

    @Test("pin and unpin, several at once, all or none")
    func pin() async throws {
        let entries = try fill()
        let keys = entries.map { String($0.key.hex.prefix(8)) }
        let (status, output, error) = await fixture.run("cache", "pin", keys[0], keys[1])
        #expect(status == 0 && output.isEmpty)
        #expect(error.split(separator: "\n").count == 2 && error.contains("(small one)"))
        #expect(try fixture.open().entries().count(where: \.isPinned) == 2)
        #expect(await fixture.run("cache", "unpin", keys[0], "0000").status == 1)
        #expect(try fixture.open().entries().count(where: \.isPinned) == 2)
        #expect(try await fixture.json("cache", "unpin", keys[0])[0]?["pinned"] == false)
        #expect(try fixture.open().entries().count(where: \.isPinned) == 1)
        #expect(await fixture.run("cache", "pin").status == 2)
        #expect(await fixture.run("cache", "pin", "zz").status == 2)
    }

    // MARK: - verify

    @Test("verify finds what is whole")
    func verify() async throws {
        let entries = try fill()
        let (status, output, error) = await fixture.run("cache", "verify")
        #expect(status == 0 && error.isEmpty)
        #expect(output.split(separator: "\n").count(where: { $0.contains(" whole ") }) == 3)
        let one = try await fixture.json("cache", "verify", String(entries[1].key.hex.prefix(6)))
        #expect(one.array?.count == 1 && one[0]?["file"] == "whole")
    }

    @Test("verify names a file with a bit turned over, and exits with 1")
    func flipped() async throws {
        let entries = try fill()
        try TestFiles.flipBit(at: entries[1].stateBytes - 5, of: entries[1].path)
        let (status, output, error) = await fixture.run("cache", "verify")
        #expect(status == 1)
        #expect(output.contains("damaged") && output.split(separator: "\n").count == 4)
        #expect(
            error.contains("1 state of 3 was not whole and is removed: \(entries[1].key.hex.prefix(12))"), "\(error)")
        #expect(await fixture.run("cache", "verify").status == 0)
        #expect(try fixture.open().entries().count == 2)
    }

    @Test("verify names a file that was cut off")
    func truncated() async throws {
        let entries = try fill()
        let bytes = try TestFiles.bytes(of: entries[1].path)
        try TestFiles.write(Array(bytes.dropLast(100)), to: entries[1].path)
        let context = TestContext()
        let status = await context.run("cache", "verify", "--json", "--cache-dir", fixture.path)
        #expect(status == 1)
        let json = try JSONValue(parsing: Array(context.output.utf8))
        #expect(json.array?.count(where: { $0["file"] == "damaged" }) == 1)
        #expect(context.error.contains(entries[1].path))
    }

    // MARK: - Errors

    @Test("a directory that cannot be a store fails with its name")
    func broken() async throws {
        try fixture.directory.write("x", to: "localcode")
        let (status, _, error) = await fixture.run("cache", "ls")
        #expect(status == 0 && error.contains("no states yet"), "a file in its place holds no states")
        let other = try StoreFixture()
        try other.directory.makeDirectory("localcode")
        try other.directory.write("x", to: "localcode/states")
        let failed = await other.run("cache", "ls")
        #expect(failed.status == 1 && failed.error.contains("\(other.path)/states"), "\(failed)")
    }
}

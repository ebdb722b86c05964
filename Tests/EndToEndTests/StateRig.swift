import LocalCodeCore
import Support
import Synchronization

/// A real llama-server, and `localcode serve` in front of it that keeps its states. Both can be killed and come back.
final class StateRig: Sendable {
    private struct Processes {
        var engine: TestEngine
        var proxy: LocalCodeProcess
    }

    /// Where the engine writes states.
    let directory: TestDirectory
    let home: TestHome
    private let processes: Mutex<Processes>

    private init(directory: TestDirectory, engine: TestEngine, proxy: LocalCodeProcess) {
        self.directory = directory
        home = proxy.home
        processes = Mutex(Processes(engine: engine, proxy: proxy))
    }

    var engine: TestEngine { processes.withLock { $0.engine } }
    var proxy: LocalCodeProcess { processes.withLock { $0.proxy } }
    var url: String { proxy.url }

    /// What LocalCode keeps states in.
    var cache: String { "\(home.directory.path)/cache/localcode" }

    /// The files of kept states.
    var states: [String] { (TestFiles.below(cache) + TestFiles.below(directory.path)).filter { $0.hasSuffix(".kv") } }

    /// The index.
    var index: String { TestFiles.below(cache).first { $0.hasSuffix(".sqlite") } ?? "" }

    /// - Parameters:
    ///   - slots: How many the engine has, of 4,096 tokens each.
    ///   - engine: More flags of llama-server.
    ///   - serve: More options of `serve`. Slots are saved as soon as they idle unless these say otherwise.
    ///   - id: The value of `--engine-id`; nil: none is given.
    ///   - seesFiles: Whether LocalCode is told of the engine's directory.
    static func start(
        _ model: TinyModel = .tiny, slots: Int = 1, engine flags: [String] = [], serve options: [String] = [],
        id: String? = "test", seesFiles: Bool = true, home: TestHome? = nil, directory: TestDirectory? = nil
    ) async throws -> StateRig {
        let directory = try directory ?? TestDirectory()
        // Reading token by token is slow even with a tiny model, so that keeping states pays on a busy machine as well.
        let own = ["--slot-save-path", directory.path, "--ubatch-size", "1"]
        let engine = try await TestEngine.start(engineFlags(slots: slots) + own + flags, model: model)
        let proxy = try await LocalCodeProcess.serve(
            serveOptions(engine.url, seesFiles ? directory.path : nil, id) + options, home: home)
        return StateRig(directory: directory, engine: engine, proxy: proxy)
    }

    /// One thread and no flash attention, whose sums depend on where in the cache a token is: with these the tiny models
    /// give the same tokens whether a prompt was read at once, in pieces, or restored, and probabilities within 0.0001.
    static func engineFlags(slots: Int) -> [String] {
        ["--parallel", "\(slots)", "--ctx-size", "\(4096 * slots)", "--cache-ram", "0", "--flash-attn", "off"]
    }

    static func serveOptions(_ url: String, _ directory: String?, _ id: String?) -> [String] {
        var options = ["--engine", url, "--save-idle", "1ms", "--cache-min-free", "0"]
        if let directory { options += ["--slot-dir", directory] }
        if let id { options += ["--engine-id", id] }
        return options
    }

    /// Kills the engine; another comes up at its address.
    /// - Parameter flags: Other values of flags.
    func restartEngine(_ flags: String...) async throws {
        let new = try await engine.restart(flags)
        processes.withLock { $0.engine = new }
    }

    /// Kills LocalCode; another comes up at its address.
    func restartProxy() async throws {
        let new = try await proxy.restart()
        processes.withLock { $0.proxy = new }
    }

    /// Ends LocalCode in order; another comes up at its address.
    func cycleProxy() async throws {
        await proxy.terminate()
        try await restartProxy()
    }

    /// Waits until nothing that a slot holds is unsaved.
    func settle() async throws {
        var slots: [JSONValue] = []
        repeat {
            // The test's time limit ends this.
            guard !Task.isCancelled else {
                throw TestKitError("slots are not saved: \(slots)\n\(notes.joined(separator: "\n"))")
            }
            slots = try await self.slots()
        } while slots.contains { $0["dirty"]?.bool == true || $0["state"]?.string == "busy" }
    }

    /// The slots, as LocalCode has them.
    func slots() async throws -> [JSONValue] {
        try await TestHTTP(url).get("/localcode/slots").json["slots"]?.array ?? []
    }

    /// The states, as `cache ls` has them.
    func entries() async throws -> [JSONValue] {
        let list = try await command("cache", "ls", "--json")
        guard list.status == .exited(0) else { throw TestKitError("cache ls: \(list.errors)") }
        let json = try JSONValue(parsing: Array(list.output.utf8))
        return (json["entries"] ?? json).array ?? []
    }

    /// What LocalCode has said of states so far.
    var notes: [String] { proxy.lines.filter { $0.lowercased().contains("state") } }

    /// Runs a `localcode` command in the same home.
    func command(_ arguments: String...) async throws -> LocalCodeProcess.Result {
        try await LocalCodeProcess.run(arguments, home: home)
    }
}

/// Text that is the same in every run: small words, chosen by a seed. It has no capital letters.
enum Prose {
    static func text(_ words: Int, seed: UInt64) -> String {
        var random = SeededRandom(seed)
        let all = ["the", "file", "reads", "a", "line", "and", "then", "writes", "one", "more", "test", "of", "it"]
        return (0..<words).map { _ in all[Int(random.next() % UInt64(all.count))] }.joined(separator: " ")
    }

    /// A system message of about this many tokens.
    static func system(_ tokens: Int = 1400, seed: UInt64) -> String { text(tokens / 4, seed: seed) }

    /// Tools as an agent offers them, of about 400 tokens. The tiny models call one as their first answer.
    static func tools(_ name: String = "read_file") -> JSONValue {
        [
            [
                "type": "function",
                "function": [
                    "name": .string(name), "description": .string(text(60, seed: 3)),
                    "parameters": [
                        "type": "object", "properties": ["path": ["type": "string"], "line": ["type": "integer"]],
                        "required": ["path", "line"],
                    ],
                ],
            ]
        ]
    }
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

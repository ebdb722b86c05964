import LocalCodeCore
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `localcode serve` with models of its own configuration, whose engines leave behind how they were started.
struct EngineRig {
    let home: TestHome
    let proxy: LocalCodeProcess

    var url: String { proxy.url }

    /// - Parameters:
    ///   - models: the text below `models:` in localcode.yaml. `{tiny}` stands for the path of that tiny model, and so on.
    ///   - settings: more lines of it.
    ///   - steps: lines of shell in the engine's wrapper, before it becomes the engine.
    static func start(
        models: String, settings: String = "", options: [String] = [], environment: [String: String] = [:],
        steps: String = "", home: TestHome? = nil
    ) async throws -> EngineRig {
        let home = try await prepare(models: models, settings: settings, steps: steps, home: home)
        let own = ["--save-idle", "1ms", "--cache-min-free", "0"]
        return EngineRig(
            home: home,
            proxy: try await LocalCodeProcess.serve(own + options, environment: environment, home: home))
    }

    /// A home with an engine and a configuration.
    static func prepare(
        models: String, settings: String = "", steps: String = "", home: TestHome? = nil
    ) async throws -> TestHome {
        let home = try home ?? TestHome()
        var text = "\(settings)\nmodels:\n\(models)\n"
        for model in TinyModel.allCases { text = text.replacing("{\(model.rawValue)}", with: try await model.path()) }
        try home.directory.write(text, to: "localcode.yaml")
        try home.directory.makeDirectory("data/localcode/engine")
        let launcher = "'\(try TestPlaces.python())' -I '\(TestPlaces.repository)/scripts/engine/llama-server.py'"
        try home.directory.write(
            "#!/bin/sh\necho $$ \"$@\" >> '\(home.directory.path)/engine.starts'\n\(steps)\nexec \(launcher) \"$@\"\n",
            to: "data/localcode/engine/llama-server", mode: 0o700)
        return home
    }

    /// A start of an engine.
    struct Start {
        let pid: pid_t
        let arguments: [String]

        /// What follows a flag.
        func value(of flag: String) -> String? {
            arguments.firstIndex(of: flag).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
    }

    /// The engines that were started so far, without those that were only asked what they can do.
    var starts: [Start] { Self.starts(in: home) }

    static func starts(in home: TestHome) -> [Start] {
        TestFiles.text(of: "\(home.directory.path)/engine.starts").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let pid = words.first.flatMap({ pid_t($0) }), words.contains("--model") else { return nil }
            return Start(pid: pid, arguments: Array(words.dropFirst()))
        }
    }

    /// Starts of a model's engine.
    func starts(of model: String) -> [Start] {
        starts.filter { $0.value(of: "--alias")?.split(separator: ",").first.map(String.init) == model }
    }

    /// A chat request and its answer.
    func post(_ body: JSONValue) async throws -> TestHTTP.Answer {
        try await TestHTTP(url).post("/v1/chat/completions", body)
    }

    /// What a running model's slots hold, until all of it is saved.
    func settle(_ model: String) async throws {
        var slots: [JSONValue] = []
        repeat {
            guard !Task.isCancelled else { throw TestKitError("slots are not saved: \(slots)\n\(proxy.lines)") }
            slots = try await TestHTTP(url).get("/localcode/slots?model=\(model)").json["slots"]?.array ?? []
        } while slots.isEmpty || slots.contains { $0["dirty"]?.bool == true || $0["state"]?.string == "busy" }
    }

    /// A short chat request.
    static func hello(_ model: String, stream: Bool = false, tokens: Int = 12) -> JSONValue {
        [
            "model": .string(model), "messages": [["role": "user", "content": "hello"]], "temperature": 0,
            "max_tokens": .number(tokens), "stream": .bool(stream),
        ]
    }

    /// Whether a process is there. One that ended and was not waited for is not.
    static func isAlive(_ pid: pid_t) -> Bool {
        let stat = TestFiles.text(of: "/proc/\(pid)/stat")
        guard !stat.isEmpty else { return kill(pid, 0) == 0 && !stat.isEmpty }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }
}

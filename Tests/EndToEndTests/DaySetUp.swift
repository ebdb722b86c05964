import Support

/// What a day's requests go through. The engine is the same everywhere: tiny, with two slots.
enum DaySetUp: Equatable {
    /// LocalCode as no more than a proxy: it keeps no states, knows one model, and the engine chooses its slots.
    case plainProxy
    /// LocalCode as it comes, with a small model for what nobody waits for.
    case localCode
    /// The same, with prefixes kept over midnight and over plan and build.
    case stabilised
    /// llama-server itself, with so much memory for prompts that lost their slots.
    case llamaServer(mebibytes: Int)

    var name: String {
        switch self {
        case .plainProxy: "a plain proxy to the same engine"
        case .localCode: "LocalCode"
        case .stabilised: "LocalCode, stabilisers: [volatile-lines, reminders]"
        case .llamaServer(let mebibytes): "llama-server, --cache-ram \(mebibytes)"
        }
    }

    /// llama-server with its default of 8 GiB at the scale of the day, rounded up: as many tokens as 8 GiB hold where one takes so
    /// much, divided by the scale, at 512 bytes each. A token takes 96 KiB with 48 layers of four KV heads of 128 in 16 bits (Qwen3
    /// 30B-A3B), and 160 KiB with 40 layers of eight (Devstral Small).
    static func scaledMemory(kibibytes: Int) -> DaySetUp {
        let tokens = 8 << 20 / kibibytes / DayTrace.scale
        return .llamaServer(mebibytes: (tokens * 512) >> 20 + 1)
    }

    /// Sends a day through it.
    func run(_ waves: [[TrafficCase]]) async throws -> DayRun {
        switch self {
        case .plainProxy: try await Self.serve([Self.main], options: ["--no-cache"], waves)
        case .localCode: try await Self.serve([Self.main, Self.small], waves)
        case .stabilised:
            try await Self.serve(
                [Self.main, Self.small], settings: "routing:\n  stabilisers: [volatile-lines, reminders]", waves)
        case .llamaServer(let mebibytes):
            try await Self.direct(
                .tiny, ["--parallel", "2", "--ctx-size", "32768", "--cache-ram", "\(mebibytes)"], waves)
        }
    }

    /// What the small model answers to these when each is alone.
    static func small(_ requests: [TrafficCase]) async throws -> DayRun {
        try await direct(.twin, ["--parallel", "1", "--ctx-size", "8192"], requests.map { [$0] })
    }

    /// One thread and no flash attention: `StateRig` says why. Small pieces are faster with a tiny model.
    private static func model(_ name: String, _ file: String, _ shape: String) -> String {
        """
          \(name):
            path: "{\(file)}"
            \(shape)
            threads: 1
            flash-attention: off
            micro-batch: 64
            memory: 60MB
        """
    }

    private static let main = model("main", "tiny", "context: 32768\n    slots: 2")
    private static let small = model("small", "tinytwin", "context: 8192\n    slots: 1")

    private static func serve(
        _ models: [String], settings: String = "", options: [String] = [], _ waves: [[TrafficCase]]
    ) async throws -> DayRun {
        let rig = try await EngineRig.start(
            models: models.joined(separator: "\n"), settings: settings, options: options)
        let run = try await DayRun.run(waves, rig.url)
        guard await rig.proxy.terminate() == .exited(0) else { throw TestKitError("\(rig.proxy.lines)") }
        return run
    }

    private static func direct(
        _ model: TinyModel, _ flags: [String], _ waves: [[TrafficCase]]
    ) async throws -> DayRun {
        let engine = try await TestEngine.start(flags + ["--flash-attn", "off", "--ubatch-size", "64"], model: model)
        let run = try await DayRun.run(waves, engine.url)
        await engine.stop()
        return run
    }
}

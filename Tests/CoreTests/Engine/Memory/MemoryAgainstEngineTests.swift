import LocalCodeCore
import Support
import Testing

/// Estimates against the buffers that a real llama-server reports when it starts.
@Suite struct MemoryAgainstEngineTests {
    struct Use: Sendable, CustomStringConvertible {
        var model: TinyModel
        var arguments: [String] = []
        var change: @Sendable (inout ModelEntry) -> Void = { _ in }
        /// Models that are given beside it, with the flag for each.
        var others: [(flag: String, model: TinyModel)] = []

        var description: String { ([model.rawValue] + arguments + others.map(\.model.rawValue)).joined(separator: " ") }
    }

    @Test(arguments: [
        Use(model: .tiny),
        Use(model: .tiny, arguments: ["--flash-attn", "off"]) { $0.flashAttention = .off },
        Use(model: .tiny, arguments: ["--cache-type-k", "f32", "--cache-type-v", "bf16"]) {
            $0.keyType = "f32"
            $0.valueType = "bf16"
        },
        Use(model: .swa), Use(model: .swa, arguments: ["--swa-full"]) { $0.extraArguments = ["--swa-full"] },
        Use(model: .recurrent),
        Use(
            model: .tiny, arguments: ["--spec-type", "draft-simple"],
            change: { $0.speculation.kinds = ["draft-simple"] },
            others: [("--model-draft", .draft)]),
        Use(model: .tiny, arguments: ["--spec-type", "ngram-mod"]) { $0.speculation.kinds = ["ngram-mod"] },
        Use(model: .tiny, others: [("--mmproj", .multimodal)]),
        Use(
            model: .rank, arguments: ["--rerank", "--batch-size", "512", "--ubatch-size", "512"],
            change: {
                $0.mode = .rerank
                $0.microBatch = 512
            }),
    ])
    func withinATenth(use: Use) async throws {
        var entry = ModelEntry(name: "m", source: .file(try await use.model.path()))
        entry.context = 8192
        use.change(&entry)
        var arguments = ["--kv-unified", "--parallel", "2", "--verbosity", "4"] + use.arguments
        for other in use.others {
            let path = try await other.model.path()
            arguments += [other.flag, path]
            if other.model == .draft { entry.speculation.draft = path } else { entry.projector = path }
        }
        let estimate = try #require(try MemoryEstimate.of(entry))
        let engine = try await TestEngine.start(arguments, model: use.model)
        // The engine writes its log behind its own back; this line comes after those about buffers.
        try #require(await engine.process.firstErrorLine { $0.contains("initializing, n_slots") ? true : nil } == true)
        let reported = Self.reported(engine.logs)
        await engine.stop()
        let ratio = Double(estimate.buffers) / 1_048_576 / reported
        #expect((0.9...1.1).contains(ratio), "\(estimate), and reported are \(reported) MiB")
    }

    /// The sizes of all buffers in a log, in MiB: `CPU KV buffer size =     4.00 MiB`. A projector's weights are told
    /// otherwise, and before it is known how much memory there is, buffers have no size.
    private static func reported(_ log: String) -> Double {
        log.split(separator: "\n").reduce(0) { sum, line in
            guard line.contains("buffer size =") || line.contains("load_hparams: model size:") else { return sum }
            let words = line.split(separator: " ")
            guard words.last == "MiB", let size = Double(words[words.count - 2]) else { return sum }
            return sum + size
        }
    }
}

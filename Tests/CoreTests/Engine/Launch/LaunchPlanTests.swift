import Testing

@testable import LocalCodeCore

@Suite("Launch plans: from an entry and a build to a command line")
struct LaunchPlanTests {
    static let chat = [
        "--slots", "--metrics", "--slot-save-path", "/kv", "--ctx-size", "16384", "--parallel", "2", "--cont-batching",
        "--kv-unified", "--no-cache-idle-slots", "--cache-ram", "0", "--ctx-checkpoints", "8", "--flash-attn", "auto",
    ]

    private func plan(
        _ entry: ModelEntry, _ capabilities: EngineCapabilities = .everything, slotDirectory: String? = "/kv"
    ) throws(LaunchProblem) -> LaunchPlan {
        try LaunchPlan.make(entry, executable: "/bin/ls", capabilities: capabilities, slotDirectory: slotDirectory)
    }

    private func arguments(_ change: (inout ModelEntry) -> Void) throws -> [String] {
        try plan(.sample(change)).arguments(socket: "/s")
    }

    @Test("a model of which nothing is said but where it is")
    func plain() throws {
        let plan = try plan(.sample())
        #expect(
            plan.arguments(socket: "/run/e.sock")
                == ["--model", "/m.gguf", "--alias", "coder"] + Self.chat + ["--jinja", "--host", "/run/e.sock"])
        #expect(plan.executable == "/bin/ls")
        #expect(plan.notes.isEmpty && plan.environment.isEmpty && !plan.wantsSpeculation)
        #expect(plan.flags.allSatisfy { !$0.comment.isEmpty })
    }

    @Test("without a place for states none are saved; everything else is the same")
    func noStates() throws {
        let flags = try plan(.sample(), slotDirectory: nil).flags.map(\.name)
        #expect(!flags.contains("--slot-save-path") && flags.contains("--no-cache-idle-slots"))
    }

    @Test("everything that can be said of a chat model")
    func everything() throws {
        let arguments = try arguments { entry in
            entry.source = .huggingFace("org/model:Q4")
            entry.aliases = ["big"]
            (entry.context, entry.slots) = (0, 4)
            (entry.keyType, entry.valueType) = ("q8_0", "q5_1")
            entry.flashAttention = .on
            entry.gpuLayers = "all"
            (entry.threads, entry.batchThreads, entry.batch, entry.microBatch) = (8, 12, 1024, 256)
            entry.projector = "/mm.gguf"
            entry.adapters = [.init(path: "/a.gguf"), .init(path: "/b.gguf", scale: 0.5)]
            entry.controlVectors = [.init(path: "/v.gguf", scale: -1.25)]
            entry.controlLayers = 10...31
            entry.reasoningBudget = 0
            entry.chatTemplate = "/t.jinja"
            entry.templateArguments = ["enable_thinking": false, "level": "3"]
            entry.sampling.temperature = 0.7
            entry.sampling.topP = 1
            entry.sampling.topK = 40
            entry.sampling.minP = 0.05
            entry.sampling.presencePenalty = 0.1
            entry.sampling.frequencyPenalty = -0.1
            entry.sampling.repeatPenalty = 1.1
            entry.sampling.seed = 7
            entry.extraArguments = ["--keep", "-1", "--no-warmup"]
        }
        #expect(
            arguments == [
                "--hf-repo", "org/model:Q4", "--alias", "coder", "--slots", "--metrics", "--slot-save-path", "/kv",
                "--ctx-size", "0", "--parallel", "4", "--cont-batching", "--kv-unified", "--no-cache-idle-slots",
                "--cache-ram", "0", "--ctx-checkpoints", "8", "--flash-attn", "on", "--cache-type-k", "q8_0",
                "--cache-type-v", "q5_1", "--gpu-layers", "all", "--threads", "8", "--threads-batch", "12",
                "--batch-size", "1024", "--ubatch-size", "256", "--mmproj", "/mm.gguf", "--lora-scaled",
                "/a.gguf:1,/b.gguf:0.5", "--control-vector-scaled", "/v.gguf:-1.25", "--control-vector-layer-range",
                "10",
                "31", "--jinja", "--chat-template-file", "/t.jinja", "--chat-template-kwargs",
                #"{"enable_thinking":false,"level":"3"}"#, "--reasoning-budget", "0", "--temp", "0.7", "--top-p", "1",
                "--top-k", "40", "--min-p", "0.05", "--presence-penalty", "0.1", "--frequency-penalty", "-0.1",
                "--repeat-penalty", "1.1", "--seed", "7", "--keep", "-1", "--no-warmup", "--host", "/s",
            ])
    }

    @Test("rerankers and embedders: one computation a text, no states, no guessing, no template")
    func otherModes() throws {
        for (mode, flag) in [(ModelEntry.Mode.rerank, "--rerank"), (.embedding, "--embedding")] {
            let arguments = try arguments { entry in
                entry.mode = mode
                entry.speculation = .init(kinds: ["ngram-mod"], draft: "/d.gguf")
                entry.sampling.topK = 1
                entry.chatTemplate = "/t"
                entry.slots = 4
            }
            #expect(
                arguments == [
                    "--model", "/m.gguf", "--alias", "coder", "--slots", "--metrics", "--ctx-size", "16384",
                    "--parallel",
                    "4", "--cont-batching", "--kv-unified", flag, "--flash-attn", "auto", "--batch-size", "2048",
                    "--ubatch-size", "2048", "--host", "/s",
                ])
        }
        let small = try arguments { entry in
            entry.mode = .rerank
            entry.microBatch = 512
        }
        #expect(small.suffix(6) == ["--batch-size", "512", "--ubatch-size", "512", "--host", "/s"])
    }

    // MARK: Speculation

    private func speculation(_ change: (inout ModelEntry.Speculation) -> Void) throws -> [String] {
        Array(try arguments { change(&$0.speculation) }.dropFirst(4 + Self.chat.count).dropLast(3))
    }

    @Test("a draft model without a kind is draft-simple, also beside an n-gram kind")
    func draft() throws {
        #expect(
            try speculation { $0.draft = "/d.gguf" } == [
                "--spec-type", "draft-simple", "--spec-draft-model", "/d.gguf",
            ])
        let both = try speculation { speculation in
            speculation = .init(kinds: ["ngram-mod"], draft: "/d.gguf")
            (speculation.draftMax, speculation.draftMin, speculation.draftProbability) = (16, 2, 0.5)
            speculation.draftGPULayers = "auto"
            (speculation.ngramMatch, speculation.ngramMax, speculation.ngramMin) = (24, 64, 48)
        }
        #expect(
            both == [
                "--spec-type", "ngram-mod,draft-simple", "--spec-draft-model", "/d.gguf", "--spec-draft-n-max", "16",
                "--spec-draft-n-min", "2", "--spec-draft-p-min", "0.5", "--spec-draft-ngl", "auto",
                "--spec-ngram-mod-n-match", "24", "--spec-ngram-mod-n-max", "64", "--spec-ngram-mod-n-min", "48",
            ])
    }

    @Test(
        "each n-gram kind has its own flags",
        arguments: [
            (
                "ngram-mod",
                ["--spec-ngram-mod-n-match", "3", "--spec-ngram-mod-n-max", "4", "--spec-ngram-mod-n-min", "5"]
            ),
            (
                "ngram-simple",
                [
                    "--spec-ngram-simple-size-n", "3", "--spec-ngram-simple-size-m", "4",
                    "--spec-ngram-simple-min-hits", "6",
                ]
            ),
            (
                "ngram-map-k",
                [
                    "--spec-ngram-map-k-size-n", "3", "--spec-ngram-map-k-size-m", "4", "--spec-ngram-map-k-min-hits",
                    "6",
                ]
            ),
            (
                "ngram-map-k4v",
                [
                    "--spec-ngram-map-k4v-size-n", "3", "--spec-ngram-map-k4v-size-m", "4",
                    "--spec-ngram-map-k4v-min-hits",
                    "6",
                ]
            ), ("ngram-cache", []),
        ])
    func ngram(kind: String, flags: [String]) throws {
        let speculation = try speculation { speculation in
            speculation.kinds = [kind]
            (speculation.ngramMatch, speculation.ngramMax) = (3, 4)
            (speculation.ngramMin, speculation.ngramHits) = (5, 6)
        }
        #expect(speculation == ["--spec-type", kind] + flags)
    }

    @Test("none is none, whatever else is said; a draft for an n-gram kind is not loaded twice")
    func noSpeculation() throws {
        #expect(try speculation { $0 = .init(kinds: ["none"], draft: "/d.gguf") } == [])
        #expect(try speculation { $0.ngramMax = 3 } == [])
    }

    @Test("MTP is in the model's own file; the other kinds of drafts need one, and there can be one only")
    func draftKinds() throws {
        #expect(try speculation { $0.kinds = ["draft-mtp"] } == ["--spec-type", "draft-mtp"])
        for kind in ["draft-simple", "draft-eagle3", "draft-dflash", "draft-dspark"] {
            #expect(
                throws: LaunchProblem(
                    "speculation \(kind) needs a draft model", hint: "name one with draft: FILE")
            ) {
                try speculation { $0.kinds = [kind] }
            }
        }
        let problem = #expect(throws: LaunchProblem.self) {
            try speculation { $0 = .init(kinds: ["draft-mtp", "draft-simple"], draft: "/d.gguf") }
        }
        #expect(problem?.message == "speculation has draft-mtp and draft-simple, and an engine drafts in one way only")
    }

    // MARK: What does not go together

    @Test("quantised V values need flash attention")
    func valueTypes() throws {
        let problem = #expect(throws: LaunchProblem.self) {
            try arguments { ($0.valueType, $0.flashAttention) = ("q8_0", .off) }
        }
        #expect(
            problem?.message == "V values of type q8_0 need flash attention, and flash-attention is off")
        #expect(try arguments { ($0.valueType, $0.flashAttention) = ("bf16", .off) }.contains("--cache-type-v"))
        #expect(try arguments { $0.valueType = "q8_0" }.contains("--cache-type-v"))
    }

    @Test("paths that llama-server would take apart")
    func oddPaths() throws {
        #expect(
            try arguments { $0.adapters = [.init(path: "/a,b.gguf"), .init(path: "/c.gguf")] }.contains(
                "\"/a,b.gguf\",/c.gguf"))
        #expect(try arguments { $0.adapters = [.init(path: "/a:b.gguf")] }.contains("/a:b.gguf"))
        #expect(throws: LaunchProblem.self) { try arguments { $0.adapters = [.init(path: "/a:b.gguf", scale: 2)] } }
        #expect(throws: LaunchProblem.self) { try arguments { $0.controlVectors = [.init(path: "/a\"b.gguf")] } }
    }

    @Test(
        "extra arguments that LocalCode sets itself, or that are no flags",
        arguments: [
            (
                ["--host", "0.0.0.0"], "--host is among the extra-arguments, and LocalCode sets it itself",
                "take it away"
            ),
            (
                ["-c", "1"], "-c is among the extra-arguments, and LocalCode sets it itself",
                "use the key 'context'"
            ),
            (
                ["5"], "extra-arguments start with '5', which is no flag",
                "write a flag and its value as two elements of the list"
            ),
            (
                ["--keeep", "1"], "--keeep is among the extra-arguments, and /bin/ls does not take it",
                "did you mean --keep?"
            ),
            (
                ["--draft-max", "1"], "--draft-max is among the extra-arguments, and /bin/ls does not take it",
                "the argument has been removed. use another"
            ),
        ])
    func extra(arguments: [String], message: String, hint: String) {
        #expect(throws: LaunchProblem(message, hint: hint)) { try plan(.sample { $0.extraArguments = arguments }) }
    }
}

extension ModelEntry {
    /// A model whose engine is never started.
    static func sample(_ change: (inout ModelEntry) -> Void = { _ in }) -> ModelEntry {
        var entry = ModelEntry(name: "coder", source: .file("/m.gguf"))
        change(&entry)
        return entry
    }
}

extension EngineCapabilities {
    /// A build that has everything.
    static var everything: EngineCapabilities {
        let switches = [
            "--slots", "--metrics", "--cont-batching", "--kv-unified", "--no-cache-idle-slots", "--jinja", "--rerank",
            "--embedding", "--no-warmup",
        ]
        let ngram = ["simple", "map-k", "map-k4v"].flatMap { kind in
            ["size-n", "size-m", "min-hits"].map { "--spec-ngram-\(kind)-\($0)" }
        }
        let valued =
            [
                "--model", "--hf-repo", "--alias", "--host", "--slot-save-path", "--ctx-size", "--parallel",
                "--cache-ram",
                "--ctx-checkpoints", "--flash-attn", "--cache-type-k", "--cache-type-v", "--gpu-layers", "--threads",
                "--threads-batch", "--batch-size", "--ubatch-size", "--mmproj", "--lora", "--lora-scaled",
                "--control-vector", "--control-vector-scaled", "--control-vector-layer-range", "--spec-type",
                "--spec-draft-model", "--spec-draft-n-max", "--spec-draft-n-min", "--spec-draft-p-min",
                "--spec-draft-ngl",
                "--spec-ngram-mod-n-match", "--spec-ngram-mod-n-max", "--spec-ngram-mod-n-min", "--chat-template-file",
                "--chat-template-kwargs", "--reasoning-budget", "--temp", "--top-p", "--top-k", "--min-p",
                "--presence-penalty", "--frequency-penalty", "--repeat-penalty", "--seed", "--keep", "--pooling",
            ] + ngram
        var flags: [String: String] = [:]
        for name in switches { flags[name] = "" }
        for name in valued { flags[name] = "N" }
        return EngineCapabilities(
            version: "9.1", flags: flags, removed: ["--draft-max": "the argument has been removed. use another"],
            speculation: ModelKey.speculationKinds, kvTypes: ModelKey.kvTypes)
    }

    /// The same without some flags.
    func without(_ names: String...) -> EngineCapabilities {
        var copy = self
        for name in names { copy.flags[name] = nil }
        return copy
    }
}

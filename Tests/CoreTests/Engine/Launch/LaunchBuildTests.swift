import Testing

@testable import LocalCodeCore

@Suite("Launch plans: builds that lack something")
struct LaunchBuildTests {
    private func plan(_ capabilities: EngineCapabilities, _ change: (inout ModelEntry) -> Void = { _ in })
        throws(LaunchProblem) -> LaunchPlan
    {
        try LaunchPlan.make(
            .sample(change), executable: "/bin/ls", capabilities: capabilities, slotDirectory: "/kv")
    }

    @Test(
        "what changes answers, or whether it fits, must be there",
        arguments: [
            ("--hf-repo", "a download from Hugging Face", { @Sendable in $0.source = .huggingFace("a/b") }),
            ("--cache-type-k", "K values of type q8_0", { $0.keyType = "q8_0" }),
            ("--mmproj", "a projector for images", { $0.projector = "/p" }),
            ("--lora", "LoRA adapters", { $0.adapters = [.init(path: "/a")] }),
            ("--control-vector", "control vectors", { $0.controlVectors = [.init(path: "/v")] }),
            ("--rerank", "reranking", { $0.mode = .rerank }), ("--embedding", "embeddings", { $0.mode = .embedding }),
            ("--chat-template-file", "a chat template of its own", { $0.chatTemplate = "/t" }),
            ("--chat-template-kwargs", "arguments of the chat template", { $0.templateArguments = ["a": 1] }),
            ("--reasoning-budget", "a budget of reasoning", { $0.reasoningBudget = 1 }),
            ("--min-p", "a min-p of its own", { $0.sampling.minP = 0.1 }),
        ] as [(String, String, @Sendable (inout ModelEntry) -> Void)])
    func needed(flag: String, feature: String, change: @Sendable (inout ModelEntry) -> Void) throws {
        _ = try plan(.everything, change)
        let problem = #expect(throws: LaunchProblem.self) { try plan(.everything.without(flag), change) }
        #expect(problem?.message == "it needs \(feature), which /bin/ls (9.1) does not have")
        #expect(
            problem?.hint
                == "llama.cpp's own llama-server of build 11549 has that, and 'scripts/start --native' builds it")
        // Without being asked for it is no matter.
        #expect(try plan(.everything.without(flag)).notes == [])
    }

    @Test("a type that this build does not list")
    func types() {
        var capabilities = EngineCapabilities.everything
        capabilities.kvTypes = ["f16"]
        let problem = #expect(throws: LaunchProblem.self) { try plan(capabilities) { $0.valueType = "q8_0" } }
        #expect(problem?.message == "it needs V values of type q8_0, which /bin/ls (9.1) does not have")
        // One that tells nothing may have it.
        capabilities.kvTypes = []
        #expect(throws: Never.self) { try plan(capabilities) { $0.valueType = "q8_0" } }
    }

    @Test("what costs time only is left out and noted")
    func noted() throws {
        let bare = EngineCapabilities.everything.without(
            "--ctx-checkpoints", "--slot-save-path", "--threads", "--gpu-layers", "--spec-type", "--parallel")
        let plan = try plan(bare) { entry in
            (entry.threads, entry.gpuLayers) = (3, "all")
            entry.speculation.kinds = ["ngram-mod"]
        }
        let features = [
            "saved KV states", "slots",
            "checkpoints, without which states of models with sliding windows or recurrent parts are read again",
            "layers on a GPU", "a number of threads", "speculation",
        ]
        #expect(
            plan.notes
                == features.map {
                    "coder goes without \($0), which /bin/ls (9.1) does not have; llama.cpp's own llama-server of build "
                        + "11549 has that, and 'scripts/start --native' builds it"
                })
        #expect(!plan.wantsSpeculation)
        #expect(!plan.flags.contains { $0.name == "--threads" || $0.name.hasPrefix("--spec") })
    }

    @Test("a kind of speculation that this build lacks is left out alone")
    func kind() throws {
        var capabilities = EngineCapabilities.everything
        capabilities.speculation = ["none", "draft-simple"]
        let plan = try plan(capabilities) { $0.speculation = .init(kinds: ["ngram-mod"], draft: "/d") }
        #expect(plan.speculation == ["draft-simple"])
        #expect(plan.notes.map { $0.prefix(50) } == ["coder goes without speculation of the kind ngram-m"])
        #expect(plan.wantsSpeculation)
    }

    @Test("older builds: other names, and flash attention as a switch")
    func older() throws {
        var old = EngineCapabilities.everything.without(
            "--no-cache-idle-slots", "--cache-ram", "--kv-unified", "--ctx-checkpoints", "--gpu-layers", "--slots",
            "--metrics", "--jinja", "--cont-batching", "--slot-save-path")
        old.flags["--swa-checkpoints"] = "N"
        old.flags["--n-gpu-layers"] = "N"
        old.flags["--flash-attn"] = ""
        old.version = ""
        func arguments(_ attention: ModelEntry.FlashAttention?) throws -> [String] {
            try plan(old) { ($0.flashAttention, $0.gpuLayers) = (attention, "9") }.arguments(socket: "/s")
        }
        let start = [
            "--model", "/m.gguf", "--alias", "coder", "--ctx-size", "16384", "--parallel", "2", "--swa-checkpoints",
            "8",
        ]
        let end = ["--n-gpu-layers", "9", "--host", "/s"]
        #expect(try arguments(nil) == start + end)
        #expect(try arguments(.off) == start + end)
        #expect(try arguments(.on) == start + ["--flash-attn"] + end)
        #expect(
            try plan(old).notes == [
                "coder goes without saved KV states, which /bin/ls does not have; \(LaunchPlanBuilder.remedy)"
            ])
    }
}

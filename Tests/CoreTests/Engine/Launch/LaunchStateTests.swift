import Support
import Testing

@testable import LocalCodeCore

@Suite("Launch plans: what a KV state depends on, and what people see")
struct LaunchStateTests {
    private func plan(_ change: (inout ModelEntry) -> Void = { _ in }) throws -> LaunchPlan {
        try LaunchPlan.make(
            .sample(change), executable: "/opt/llama server", capabilities: .everything, slotDirectory: "/kv")
    }

    private static let defaults = [
        "--ctx-size", "16384", "--parallel", "2", "--kv-unified", "--no-cache-idle-slots", "--cache-ram", "0",
        "--ctx-checkpoints", "8", "--flash-attn", "auto",
    ]

    @Test("the arguments that count")
    func arguments() throws {
        #expect(try plan().stateArguments == Self.defaults)
        let plan = try plan { entry in
            entry.keyType = "q8_0"
            entry.projector = "/p.gguf"
            entry.adapters = [.init(path: "/a.gguf", scale: 0.5)]
            entry.controlVectors = [.init(path: "/v.gguf")]
            entry.controlLayers = 1...2
            entry.speculation = .init(kinds: ["ngram-mod"], draft: "/d.gguf")
            entry.templateArguments = ["a": 1]
            entry.extraArguments = ["--keep", "3"]
            entry.environment = ["LLAMA_ARG_SWA_FULL": "1", "CUDA_VISIBLE_DEVICES": "0"]
        }
        #expect(
            plan.stateArguments
                == Self.defaults + [
                    "--cache-type-k", "q8_0", "--mmproj", "--lora-scaled", "0.5", "--control-vector", "1",
                    "--control-vector-layer-range", "1", "2", "--spec-type", "draft-simple", "--chat-template-kwargs",
                    #"{"a":1}"#, "--keep", "3", "LLAMA_ARG_SWA_FULL=1",
                ])
        #expect(plan.stateFiles.map(\.component) == ["mmproj", "lora-0", "control-vector-0", "draft"])
        #expect(plan.stateFiles.map(\.path) == ["/p.gguf", "/a.gguf", "/v.gguf", "/d.gguf"])
    }

    @Test(
        "what does not change a state leaves it usable",
        arguments: [
            { @Sendable in $0.name = "other" }, { $0.source = .file("/elsewhere.gguf") }, { $0.threads = 3 },
            { $0.speculation.kinds = ["ngram-mod"] }, { $0.sampling.temperature = 1 }, { $0.batch = 64 },
            { $0.gpuLayers = "all" }, { $0.aliases = ["x"] }, { $0.reasoningBudget = 5 },
        ] as [@Sendable (inout ModelEntry) -> Void])
    func unchanged(change: @Sendable (inout ModelEntry) -> Void) throws {
        let plan = try plan(change)
        #expect(plan.stateArguments == Self.defaults)
        #expect(plan.stateFiles.isEmpty)
    }

    @Test("a draft that is not used does not count")
    func unusedDraft() throws {
        #expect(try plan { $0.speculation = .init(kinds: ["none"], draft: "/d.gguf") }.stateFiles.isEmpty)
    }

    @Test("a flag a line, with its comment")
    func text() throws {
        let text = try plan { $0.environment = ["B": "x y", "A": "1"] }.text
        #expect(
            text == #"""
                A=1 \
                B='x y' \
                '/opt/llama server' \
                  --model /m.gguf       `# the weights` \
                  --alias coder         `# its name` \
                  --slots               `# LocalCode watches it with GET /slots` \
                  --metrics             `# counters at GET /metrics` \
                  --slot-save-path /kv  `# KV states go here and come from here` \
                  --ctx-size 16384      `# tokens of context, which the slots share` \
                  --parallel 2          `# requests at a time` \
                  --cont-batching       `# they are computed together` \
                  --kv-unified          `# one pool of KV values for all slots: a state fits into each of them` \
                  --no-cache-idle-slots `# a slot keeps its state while others are used` \
                  --cache-ram 0         `# no copies in memory, which could overwrite a slot that LocalCode fills` \
                  --ctx-checkpoints 8   `# points a slot can go back to, for models with sliding windows or recurrent parts` \
                  --flash-attn auto     `# flash attention where the devices have it` \
                  --jinja               `# Jinja templates, which tools need`

                """#)
    }

    @Test("a shell takes the text as it is, whatever words are in it", arguments: ["/bin/sh", "/bin/bash"])
    func shell(path: String) async throws {
        let directory = try TestDirectory()
        let program = try directory.write(
            "#!/bin/sh\nprintf '%s\\n' \"$V\" \"$@\"\n", to: "it's a program", mode: 0o700)
        let entry = ModelEntry.sample { entry in
            entry.source = .file("/a 'b' \"c\" $d `e` \\f ü.gguf")
            entry.name = "#name"
            entry.templateArguments = ["text": "it's \"1\"\n2"]
            entry.environment = ["V": "a'b c"]
            entry.extraArguments = ["--keep", ""]
        }
        let plan = try LaunchPlan.make(
            entry, executable: program, capabilities: .everything, slotDirectory: nil)
        let process = try ChildProcess(path, ["-c", plan.text], environment: ["PATH": "/usr/bin:/bin"])
        let (status, output, errors) = await process.collect()
        #expect(status == .exited(0))
        #expect(errors.isEmpty)
        let words = ["a'b c"] + plan.flags.flatMap { [$0.name] + $0.values }
        #expect(String(decoding: output, as: UTF8.self) == words.map { $0 + "\n" }.joined())
    }

    @Test("comments cannot break out")
    func comments() {
        let plan = LaunchPlan(
            entry: .sample(), executable: "x", flags: [.init("--a", comment: "it's `rm` $(rm) \\ \n \"x\"")])
        #expect(plan.text == "x \\\n  --a `# it s  rm   (rm)      x `\n")
    }
}

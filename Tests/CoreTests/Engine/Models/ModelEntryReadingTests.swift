import Support
import Testing

@testable import LocalCodeCore

@Suite("Models: entries of localcode.yaml")
struct ModelEntryReadingTests {
    private func read(_ text: String) throws -> (entries: [ModelEntry], problems: [String]) {
        let file = try ConfigurationFile(parsing: Array(text.utf8), path: "localcode.yaml")
        let (entries, problems) = ModelEntry.read(from: file, in: "/src", home: "/home/me")
        return (entries, problems.map { $0.description + ($0.hint.map { " (\($0))" } ?? "") })
    }

    private static let everyKey =
        """
        models:
          coder:
            path: weights/coder.gguf
            aliases: [big, gpt-5]
            mode: chat
            context: 32768
            slots: 4
            kv-type: q8_0
            kv-type-k: bf16
            kv-type-v: f16
            flash-attention: on
            gpu-layers: all
            threads: 8
            batch-threads: 12
            batch: 1024
            micro-batch: 256
            mmproj: /mm.gguf
            lora: [a.gguf, ~/b.gguf]
            control-vectors: {terse.gguf: 0.8, "shy.gguf": -1}
            control-layers: 10-31
            draft: draft.gguf
            speculation: [ngram-mod, draft-simple]
            draft-max: 16
            draft-min: 0
            draft-p-min: 0.75
            draft-gpu-layers: 3
            ngram-match: 24
            ngram-max: 64
            ngram-min: 48
            ngram-hits: 2
            governor: true
            reasoning-budget: -1
            chat-template: t.jinja
            template-arguments: {enable_thinking: false, level: "3"}
            sampling: {temperature: 0.7, top-p: 0.9, top-k: 40, min-p: 0.05, presence-penalty: 0.1,
                       frequency-penalty: -0.1, repeat-penalty: 1.1, seed: 7}
            extra-arguments: [--keep, 5]
            environment: {CUDA_VISIBLE_DEVICES: 0}
            memory: 20GiB
            ttl: 10m
            pinned: yes
        """

    @Test("every key goes where it belongs")
    func everything() throws {
        let (entries, problems) = try read(Self.everyKey)
        var entry = ModelEntry(name: "coder", source: .file("/src/weights/coder.gguf"))
        entry.aliases = ["big", "gpt-5"]
        entry.context = 32768
        entry.slots = 4
        (entry.keyType, entry.valueType) = ("bf16", "f16")
        entry.flashAttention = .on
        entry.gpuLayers = "all"
        (entry.threads, entry.batchThreads, entry.batch, entry.microBatch) = (8, 12, 1024, 256)
        entry.projector = "/mm.gguf"
        entry.adapters = [.init(path: "/src/a.gguf"), .init(path: "/home/me/b.gguf")]
        entry.controlVectors = [.init(path: "/src/terse.gguf", scale: 0.8), .init(path: "/src/shy.gguf", scale: -1)]
        entry.controlLayers = 10...31
        entry.speculation = .init(kinds: ["ngram-mod", "draft-simple"], draft: "/src/draft.gguf")
        (entry.speculation.draftMax, entry.speculation.draftMin) = (16, 0)
        (entry.speculation.draftProbability, entry.speculation.draftGPULayers) = (0.75, "3")
        (entry.speculation.ngramMatch, entry.speculation.ngramMax) = (24, 64)
        (entry.speculation.ngramMin, entry.speculation.ngramHits) = (48, 2)
        entry.hasGovernor = true
        entry.reasoningBudget = -1
        entry.chatTemplate = "/src/t.jinja"
        entry.templateArguments = ["enable_thinking": false, "level": "3"]
        (entry.sampling.temperature, entry.sampling.topP, entry.sampling.topK) = (0.7, 0.9, 40)
        (entry.sampling.minP, entry.sampling.presencePenalty) = (0.05, 0.1)
        (entry.sampling.frequencyPenalty, entry.sampling.repeatPenalty, entry.sampling.seed) = (-0.1, 1.1, 7)
        entry.extraArguments = ["--keep", "5"]
        entry.environment = ["CUDA_VISIBLE_DEVICES": "0"]
        (entry.memory, entry.timeToLive, entry.isPinned) = (20 << 30, .seconds(600), true)
        #expect(problems == [])
        #expect(entries == [entry])
    }

    @Test("the keys of the test above are all there are, but for hf and like")
    func keys() throws {
        let file = try ConfigurationFile(parsing: Array(Self.everyKey.utf8), path: "localcode.yaml")
        let tested = file.entries.first?.json["coder"]?.object?.keys ?? []
        let names = ModelKey.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names) == Set(tested + ["hf"]))
        #expect(ModelKey.all.allSatisfy { !$0.help.isEmpty && !$0.help.hasSuffix(".") && !$0.value.isEmpty })
    }

    @Test("one value stands for a list of one, and a name of Hugging Face for a path")
    func shortForms() throws {
        let (entries, problems) = try read(
            """
            models:
              a: {hf: "ggml-org/gemma-3-270m-GGUF:Q4_K_M", aliases: b, speculation: ngram-mod, lora: x.gguf}
            """)
        #expect(problems == [])
        #expect(entries.first?.source == .huggingFace("ggml-org/gemma-3-270m-GGUF:Q4_K_M"))
        #expect(entries.first?.aliases == ["b"])
        #expect(entries.first?.speculation.kinds == ["ngram-mod"])
        #expect(entries.first?.adapters == [.init(path: "/src/x.gguf", scale: 1)])
    }

    @Test("a model that is like another has its keys but not its names, and takes back what it likes")
    func like() throws {
        let (entries, problems) = try read(
            """
            models:
              terse: {like: coder, control-vectors: {terse.gguf: 0.8}, kv-type: ~, draft: null}
              coder: {like: base, aliases: [big], context: 4096}
              base: {path: /m.gguf, kv-type: q8_0, context: 1024, draft: /d.gguf, sampling: {top-k: 3}}
            """)
        #expect(problems == [])
        #expect(entries.map(\.name) == ["terse", "coder", "base"])
        #expect(entries.map(\.aliases) == [[], ["big"], []])
        let terse = try #require(entries.first)
        #expect(terse.source == .file("/m.gguf"))
        #expect(terse.context == 4096)
        #expect(terse.controlVectors == [.init(path: "/src/terse.gguf", scale: 0.8)])
        #expect(terse.keyType == nil && terse.valueType == nil && terse.speculation.draft == nil)
        #expect(terse.sampling.topK == 3)
        #expect(entries[1].keyType == "q8_0" && entries[1].speculation.draft == "/d.gguf")
    }

    @Test("the more exact key counts, wherever it stands")
    func order() throws {
        let (entries, _) = try read("models: {a: {path: x, kv-type-v: f16, kv-type: q8_0}}")
        #expect(entries.first?.keyType == "q8_0")
        #expect(entries.first?.valueType == "f16")
    }

    @Test("everything that is wrong is told, with its line and the nearest word")
    func problems() throws {
        let (_, problems) = try read(
            """
            models:
              coder:
                path: x
                contxt: 5
                context: -1
                kv-type: q80
                flash-attention: yes
                sampling: {temperature: hot, topp: 1}
                control-vectors: {a.gguf: much}
                control-layers: 31-10
                speculation:
                  - ngram-simple
                  - ngram-mode
                extra-arguments: --keep 5
                environment: {A: [1]}
                memory: lots
                ttl: soon
                slots: [1]
                draft: {path: d}
                gpu-layers: most
                hf: none
                mode: rank
                <<: {path: y}
            """)
        #expect(
            problems == [
                "localcode.yaml:4: unknown key 'contxt' of model 'coder' (did you mean 'context'?)",
                "localcode.yaml:5: invalid value for 'context' of model 'coder': '-1' is not a whole number of at least 0",
                "localcode.yaml:6: invalid value for 'kv-type' of model 'coder': 'q80' is not one of f32, f16, bf16, q8_0, "
                    + "q5_1, q5_0, q4_1, q4_0, iq4_nl (did you mean 'q8_0'?)",
                "localcode.yaml:7: invalid value for 'flash-attention' of model 'coder': 'yes' is not one of auto, on, off",
                "localcode.yaml:8: unknown key 'topp' of 'sampling' of model 'coder' (did you mean 'top-p'?)",
                "localcode.yaml:8: invalid value for 'temperature' of model 'coder': 'hot' is not a number from 0 to 100",
                "localcode.yaml:9: invalid value for 'control-vectors' of model 'coder': the scale of a.gguf is not a number",
                "localcode.yaml:10: invalid value for 'control-layers' of model 'coder': '31-10' is not a range of layers "
                    + "such as 10-31",
                "localcode.yaml:13: invalid value for 'speculation' of model 'coder': 'ngram-mode' is not one of none, "
                    + "draft-simple, draft-eagle3, draft-mtp, draft-dflash, draft-dspark, ngram-simple, ngram-map-k, "
                    + "ngram-map-k4v, ngram-mod, ngram-cache (did you mean 'ngram-mod'?)",
                "localcode.yaml:14: invalid value for 'extra-arguments' of model 'coder': one text with spaces, but it takes "
                    + "a list (write [\"--keep\", \"5\"])",
                "localcode.yaml:15: invalid value for 'environment' of model 'coder': A takes one value",
                "localcode.yaml:16: invalid value for 'memory' of model 'coder': 'lots' is not a size such as 4096, 64MiB or 2G",
                "localcode.yaml:17: invalid value for 'ttl' of model 'coder': 'soon' is not a time such as 250ms, 30s, 5m or 1h",
                "localcode.yaml:18: invalid value for 'slots' of model 'coder': a list, but it takes one value",
                "localcode.yaml:19: invalid value for 'draft' of model 'coder': a mapping, but it takes one value",
                "localcode.yaml:20: invalid value for 'gpu-layers' of model 'coder': 'most' is not a number of layers, auto or all",
                "localcode.yaml:21: the model 'coder' has both path and hf",
                "localcode.yaml:21: invalid value for 'hf' of model 'coder': 'none' is not a name such as "
                    + "ggml-org/gemma-3-270m-GGUF:Q4_K_M",
                "localcode.yaml:22: invalid value for 'mode' of model 'coder': 'rank' is not one of chat, rerank, embedding "
                    + "(did you mean 'rerank'?)",
                "localcode.yaml:23: unknown key '<<' of model 'coder' (name another model with 'like' to have its keys)",
            ])
    }

    @Test(
        "models that cannot be",
        arguments: [
            (
                "models: x",
                "invalid value for 'models': it takes a mapping (write 'NAME:' below it, and below that 'path: FILE')"
            ),
            ("models: {a: x}", "the model 'a' takes a mapping (write 'path: FILE' below it, indented)"),
            ("models: {a: {slots: 1}}", "the model 'a' has neither path nor hf (say where it is: 'path: FILE')"),
            (
                "models: {a b: {path: x}}",
                "'a b' is no name for a model: at most 128 bytes, without white space and commas"
            ),
            (
                "models: {a: {path: x, aliases: [\"b,c\"]}}",
                "invalid value for 'aliases' of model 'a': 'b,c' is no name: at most 128 bytes, without white space and commas"
            ),
            ("models: {a: {path: x}, b: {path: y, aliases: [a]}}", "'a' is a name of both 'a' and 'b'"),
            ("models: {a: {path: x, aliases: [b, b]}}", "the model 'a' has the alias 'b' twice"),
            ("models: {a: {path: x, aliases: a}}", "the alias 'a' is the model's own name"),
            (
                "models: {a: {path: x, speculation: draft-simple}}",
                "invalid value for 'speculation' of model 'a': speculation draft-simple needs a draft model "
                    + "(name one with draft: FILE)"
            ),
            (
                "models: {a: {path: x, extra-arguments: [--port, 80]}}",
                "invalid value for 'extra-arguments' of model 'a': --port is among the extra-arguments, and LocalCode sets it "
                    + "itself (take it away)"
            ),
            (
                "models: {a: {path: x, extra-arguments: [--ctx-size=80]}}",
                "invalid value for 'extra-arguments' of model 'a': --ctx-size is among the extra-arguments, and LocalCode sets "
                    + "it itself (use the key 'context')"
            ),
            (
                "models: {a: {path: x, extra-arguments: [--port]}, b: {like: a}}",
                "invalid value for 'extra-arguments' of model 'a': --port is among the extra-arguments, and LocalCode sets it "
                    + "itself (take it away)"
            ),
            (
                "models: {a: {path: x, draft: d, speculation: draft-simple}, b: {like: a, draft: ~}}",
                "invalid value for 'draft' of model 'b': speculation draft-simple needs a draft model "
                    + "(name one with draft: FILE)"
            ),
            (
                "models: {coder: {path: x}, b: {like: codr}}",
                "invalid value for 'like' of model 'b': there is no model 'codr' (did you mean 'coder'?)"
            ),
            ("models: {a: {like: a, path: x}}", "invalid value for 'like' of model 'a': it leads back to 'a'"),
            (
                "models: {a: {like: [b], path: x}, b: {path: x}}",
                "invalid value for 'like' of model 'a': a list, but it takes one value"
            ),
            (
                "models: {a: {path: x, lora: [[b]]}}",
                "invalid value for 'lora' of model 'a': a list of other things than texts"
            ),
            (
                "models: {a: {path: x, sampling: 3}}",
                "invalid value for 'sampling' of model 'a': it takes a mapping (write lines such as 'name: value' below it)"
            ),
            ("models: {a: {path: \"\"}}", "invalid value for 'path' of model 'a': nothing, but it takes a value"),
        ])
    func refused(text: String, problem: String) throws {
        #expect(try read(text).problems == ["localcode.yaml:1: " + problem])
    }

    @Test("a circle of models is told at each of them, and what hangs on it is not there")
    func circle() throws {
        let (entries, problems) = try read("models:\n  a: {like: b}\n  b: {like: a}\n  c: {like: a}\n  d: {path: x}\n")
        #expect(entries.map(\.name) == ["d"])
        #expect(
            problems == [
                "localcode.yaml:2: invalid value for 'like' of model 'a': it leads back to 'a'",
                "localcode.yaml:3: invalid value for 'like' of model 'b': it leads back to 'b'",
            ])
    }

    @Test("what is wrong with a model is told once, and not again for one that is like it")
    func inheritedProblem() throws {
        let (_, problems) = try read("models:\n  a: {path: x, slots: 0}\n  b: {like: a}\n")
        #expect(problems.map { $0.prefix(16) } == ["localcode.yaml:2"])
    }

    @Test("without models there are none", arguments: ["port: 1", "models:", "models: {}", ""])
    func none(text: String) throws {
        let (entries, problems) = try read(text)
        #expect(entries.isEmpty && problems.isEmpty)
    }

    @Test("a template beside the model is its template, unless another one is named or it does not chat")
    func template() throws {
        let directory = try TestDirectory()
        try directory.write("template", to: "m.jinja")
        let file = try ConfigurationFile(
            parsing: Array(
                """
                models:
                  beside: {path: m.gguf}
                  named: {path: m.gguf, chat-template: n.jinja}
                  ranks: {path: m.gguf, mode: rerank}
                  other: {path: n.gguf}
                """.utf8), path: "localcode.yaml")
        let entries = ModelEntry.read(from: file, in: directory.path, home: nil).entries
        #expect(
            entries.map(\.chatTemplate) == ["\(directory.path)/m.jinja", "\(directory.path)/n.jinja", nil, nil])
    }

    @Test("the model of the set-up is called like its file, and has the template beside it")
    func setUp() throws {
        let directory = try TestDirectory()
        #expect(ModelEntry.ofSetUp(Directories(environment: ["XDG_DATA_HOME": directory.path])) == nil)
        try directory.makeDirectory("localcode/models")
        let model = try directory.write("", to: "localcode/models/gemma.gguf")
        try directory.write("", to: "localcode/models/gemma.jinja")
        try directory.link("localcode/models/default.gguf", to: "gemma.gguf")
        let entry = ModelEntry.ofSetUp(Directories(environment: ["XDG_DATA_HOME": directory.path]))
        #expect(entry?.name == "gemma")
        #expect(entry?.source == .file(Directories.resolved(model)))
        #expect(entry?.chatTemplate?.hasSuffix("/localcode/models/gemma.jinja") == true)
    }
}

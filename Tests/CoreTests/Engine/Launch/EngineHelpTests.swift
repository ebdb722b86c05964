import Support
import Testing

@testable import LocalCodeCore

@Suite("Engine capabilities: what --help and --version say")
struct EngineHelpTests {
    /// In the form of llama-server's own help.
    private static let native = """
        ----- common params -----

        -h,    --help, --usage                  show the usage and end
        --version                               show the version
        -c,    --ctx-size N                     how large the context is (default: 0, 0 = as the model has it)
                                                (env: LLAMA_ARG_CTX_SIZE)
        -fa,   --flash-attn [on|off|auto]       whether to use it ('on', 'off', or 'auto', default: 'auto')
        -kvu,  --kv-unified, -no-kvu, --no-kv-unified
                                                one buffer for all sequences
        -ctk,  --cache-type-k TYPE              type of K
                                                allowed values: f32, f16, bf16, q8_0, q4_0, q4_1,
                                                iq4_nl, q5_0, q5_1
                                                (default: f16)
        -ot,   --override-tensor <tensor name pattern>=<buffer type>,...
                                                other buffers
        --control-vector-layer-range START END
                                                the layers, from -1 to N


        ----- speculative params -----

        --spec-type none,draft-simple,ngram-mod
                                                kinds, with commas (default: none)
        --draft, --draft-n, --draft-max N       the argument has been removed. use --spec-draft-n-max or
                                                --spec-ngram-mod-n-max
                                                (env: LLAMA_ARG_DRAFT_MAX)


        ----- example-specific params -----

        -to,   --timeout N                      seconds
        """

    /// In the form of the launcher's help.
    private static let launcher = """
        usage: llama-server -m FNAME [options]

        -m, --model FNAME                               model to load
        -cb, --cont-batching, -nocb, --no-cont-batching
                                                        continuous batching
        -ctxcp, --ctx-checkpoints, --swa-checkpoints N  checkpoints a slot
        -ctk, --cache-type-k TYPE                       KV type of K; allowed values: f16, q8_0
        --metrics                                       answer GET /metrics
        """

    @Test("llama-server's own help")
    func ownHelp() {
        let capabilities = EngineCapabilities(
            help: Self.native,
            version: "load_backend: loaded CPU\nversion: 9.1 (build 123, commit abc)\nbuilt with GNU\n")
        #expect(capabilities.version == "9.1 (build 123, commit abc)")
        #expect(
            capabilities.flags == [
                "-h": "", "--help": "", "--usage": "", "--version": "", "-c": "N", "--ctx-size": "N",
                "-fa": "[on|off|auto]", "--flash-attn": "[on|off|auto]", "-kvu": "", "--kv-unified": "", "-no-kvu": "",
                "--no-kv-unified": "", "-ctk": "TYPE", "--cache-type-k": "TYPE",
                "-ot": "<tensor name pattern>=<buffer type>,...",
                "--override-tensor": "<tensor name pattern>=<buffer type>,...",
                "--control-vector-layer-range": "START END", "--spec-type": "none,draft-simple,ngram-mod", "-to": "N",
                "--timeout": "N",
            ])
        #expect(capabilities.kvTypes == ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"])
        #expect(capabilities.speculation == ["none", "draft-simple", "ngram-mod"])
        #expect(Set(capabilities.removed.keys) == ["--draft", "--draft-n", "--draft-max"])
        #expect(
            capabilities.removed["--draft-max"]
                == "the argument has been removed. use --spec-draft-n-max or --spec-ngram-mod-n-max")
        #expect(!capabilities.offers("--draft-max") && !capabilities.offersType("q3_0"))
    }

    @Test("the launcher's help")
    func launcherHelp() {
        let capabilities = EngineCapabilities(help: Self.launcher, version: "")
        #expect(
            capabilities.flags == [
                "-m": "FNAME", "--model": "FNAME", "-cb": "", "--cont-batching": "", "-nocb": "",
                "--no-cont-batching": "",
                "-ctxcp": "N", "--ctx-checkpoints": "N", "--swa-checkpoints": "N", "-ctk": "TYPE",
                "--cache-type-k": "TYPE",
                "--metrics": "",
            ])
        #expect(capabilities.kvTypes == ["f16", "q8_0"])
        #expect(capabilities.version == "")
        #expect(capabilities.takesValue("-m") && !capabilities.takesValue("--metrics"))
    }

    @Test(
        "what is no help has no flags",
        arguments: ["", "\n\n", "command not found", "----- params -----", "- - -", "-1 to 5"])
    func noHelp(text: String) { #expect(EngineCapabilities(help: text, version: text).flags.isEmpty) }

    @Test("the engine of the tests tells everything that plans ask about")
    func realLauncher() async throws {
        let directory = try TestDirectory()
        try await TestEngine.provide(in: directory, data: "data")
        let capabilities = try await EngineCapabilities.read(
            executable: "\(directory.path)/data/localcode/engine/llama-server", cacheDirectory: nil)
        #expect(capabilities.version.contains("build 11549"))
        #expect(capabilities.speculation == ModelKey.speculationKinds)
        #expect(Set(capabilities.kvTypes) == Set(ModelKey.kvTypes))
        #expect(!capabilities.offers("--control-vector"))
        for flag in ["--slot-save-path", "--kv-unified", "--no-cache-idle-slots", "--lora-scaled", "--rerank"] {
            #expect(capabilities.offers(flag), "\(flag)")
        }
    }
}

import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("models show") struct ShowTests {
    private func run(_ arguments: String..., in directory: String = "/nowhere") async -> (
        status: Int32, output: String, error: String
    ) {
        let context = TestContext(directory: directory)
        let status = await Program.run(["models", "show"] + arguments, context: context.context)
        return (status, context.output, context.error)
    }

    /// The value of a row.
    private func row(_ name: String, of output: String) -> String? {
        output.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .map { String($0.dropFirst(name.count).drop { $0 == " " }) }
    }

    @Test("a model for people")
    func text() async throws {
        let (status, output, error) = await run(try await TinyModel.tiny.path(), "--context", "8192")
        #expect(status == 0 && error.isEmpty)
        #expect(row("name", of: output) == "tiny")
        #expect(row("kind", of: output) == "text")
        #expect(row("weights", of: output) == "F32, 118,592 parameters, 463.3 KiB in 21 tensors")
        #expect(row("context", of: output) == "32,768 tokens")
        #expect(row("layers", of: output) == "2 of width 64")
        #expect(row("heads", of: output) == "4, 4 for keys and values, of length 16")
        #expect(row("vocabulary", of: output) == "284 tokens, bpe, qwen2")
        #expect(row("prompts", of: output) == "begin as they are, answers end with 277 '<|im_end|>'")
        #expect(row("fill-in", of: output)?.hasPrefix("prefix 278 '<|fim_prefix|>', suffix 279 ") == true)
        #expect(row("digest", of: output)?.count == 64)
        #expect(row("f16", of: output) == "512 bytes     4 MiB")
        // Eight numbers a head do not make a block.
        #expect(row("q8_0", of: output) == nil)
        #expect(output.contains("memory with 8,192 tokens of context, 2 slots, KV values of type f16:\n"))
        #expect(row("KV values", of: output) == "4 MiB")
        #expect(row("in all", of: output)?.hasPrefix("31.7 MiB") == true)
        #expect(row("the program", of: output) == "18 MiB")
        #expect(!output.contains("note:"))
    }

    @Test("windows, recurrent layers, and files that are no models by themselves")
    func families() async throws {
        let windows = await run(try await TinyModel.swa.path())
        #expect(row("layers", of: windows.output) == "4 of width 32: 1 that keep all tokens, 3 with a window of 64")
        #expect(windows.output.contains("IN WINDOWS"))
        #expect(windows.output.contains("and up to 384 KiB for checkpoints as conversations grow\n"))
        let recurrent = await run(try await TinyModel.recurrent.path())
        #expect(row("layers", of: recurrent.output) == "6 of width 32: 6 recurrent")
        #expect(!recurrent.output.contains("KV TYPE"))
        #expect(row("recurrent states", of: recurrent.output) == "33 KiB")
        let projector = await run(try await TinyModel.multimodal.path())
        #expect(row("kind", of: projector.output) == "projector")
        #expect(!projector.output.contains("memory"))
    }

    @Test("the same for programs")
    func json() async throws {
        let path = try await TinyModel.swa.path()
        let (status, output, _) = await run(path, "--json", "--context", "4096", "--slots", "1", "--type-v", "f32")
        #expect(status == 0)
        let json = try JSONValue(parsing: Array(output.utf8))
        #expect(json["path"] == .string(path))
        #expect(json["architecture"] == "olmo2")
        #expect(json["layers"]?["window"] == 64)
        #expect(json["vocabulary"]?["fim"]?["prefix"] == 278)
        #expect(json["kv_types"]?["f16"]?["token"]?.double == 128)
        #expect(json["kv_types"]?["f16"]?["window_token"]?.double == 384)
        #expect(json["kv_types"]?["q8_0"] == nil)
        let memory = try #require(json["memory"])
        #expect(memory["type_v"] == "f32")
        // 4096 cells of a layer and 768 of three, with keys of 64 bytes and values of 128.
        #expect(memory["kv"]?.int == (4096 + 3 * 768) * 192)
        let parts = ["weights", "repacked", "kv", "recurrent", "compute", "base"].compactMap { memory[$0]?.int }
        #expect(memory["total"]?.int == parts.reduce(0, +))
        #expect(json["digest"]?.string == (try GGUFIdentity.digest(path: path)).hex)
    }

    @Test("a part for another model has no memory of its own")
    func parts() async throws {
        let json = try JSONValue(
            parsing: Array(await run(try await TinyModel.multimodal.path(), "--json").output.utf8))
        #expect(json["kind"] == "projector")
        #expect(json["kv_types"]?.isNull == true && json["memory"]?.isNull == true && json["note"]?.isNull == true)
    }

    @Test("more context than the model was trained for")
    func context() async throws {
        let output = await run(try await TinyModel.tiny.path(), "--context", "65536").output
        #expect(
            output.hasSuffix(
                "\nnote: a request can use 32,768 of the 65,536 tokens of context: the model was trained for no more\n")
        )
    }

    @Test("a model of localcode.yaml by its name, where no file is called so")
    func configured() async throws {
        let directory = try TestDirectory()
        try directory.link("m.gguf", to: try await TinyModel.tiny.path())
        try directory.link("small", to: try await TinyModel.draft.path())
        try directory.write(
            "models: {org/coder: {path: m.gguf}, small: {path: m.gguf}, far: {hf: a/b}}\n", to: "localcode.yaml")
        #expect(row("name", of: await run("org/coder", in: directory.path).output) == "tiny")
        #expect(row("name", of: await run("small", in: directory.path).output) == "tinydraft")
        #expect(
            await run("far", in: directory.path).error
                == "localcode: error: 'far' is downloaded by llama-server (a/b): name its file\n")
        #expect(await run("other", in: directory.path).error.contains("there is no file \(directory.path)/other"))
    }

    @Test("a relative path starts where the user is")
    func relative() async throws {
        let directory = try TestDirectory()
        try directory.link("m.gguf", to: try await TinyModel.tiny.path())
        #expect(await run("m.gguf", in: directory.path).status == 0)
    }

    @Test("one sentence for what cannot be shown")
    func failures() async throws {
        let directory = try TestDirectory()
        let path = "\(directory.path)/m.gguf"
        let missing = await run(path)
        #expect(missing.status == 1 && missing.error == "localcode: error: there is no file \(path)\n")
        try directory.write("no model", to: "m.gguf")
        #expect(await run(path).error == "localcode: error: \(path) is not a GGUF file\n")
        let bytes = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        try TestFiles.write(Array(bytes.prefix(bytes.count / 2)), to: path)
        let truncated = await run(path)
        #expect(truncated.error.hasPrefix("localcode: error: \(path) is truncated: its tensor '"))
        #expect(truncated.error.hasSuffix("\n  hint: download it again, or wait for the download to end\n"))
        #expect(await run("/dev/null").error.hasPrefix("localcode: error: /dev/null is a device\n"))
        let place = await run(directory.path)
        #expect(place.error == "localcode: error: \(directory.path) is a directory\n  hint: name a .gguf file\n")
    }

    @Test("a type that does not fit the model's heads")
    func types() async throws {
        let (status, _, error) = await run(try await TinyModel.tiny.path(), "--type-k", "q8_0")
        #expect(status == 1)
        #expect(error.contains("keys of type q8_0 come in blocks of 32, and a head of this model has 16"))
        #expect(await run("m.gguf", "--type-k", "q9_0").status == 2)
    }

    /// A name in a file is no command for a terminal.
    @Test("what a terminal would act upon is made visible")
    func controls() async throws {
        let directory = try TestDirectory()
        var bytes = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        let name = Array("tiny".utf8)
        let key = Array("general.name".utf8)
        let place = try #require((0..<bytes.count - 40).first { bytes[$0..<$0 + key.count].elementsEqual(key) })
        bytes.replaceSubrange(
            place + key.count + 12..<place + key.count + 12 + name.count, with: Array("\u{1B}[2J".utf8))
        try TestFiles.write(bytes, to: "\(directory.path)/m.gguf")
        let output = await run("\(directory.path)/m.gguf").output
        #expect(row("name", of: output) == "^[[2J")
    }
}

import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that are no models, or that lie about themselves. Reading one is an error, and neither a crash nor a lot of memory.
@Suite struct GGUFHostileTests {
    private static func problem(_ bytes: [UInt8]) throws -> GGUFError? {
        let directory = try TestDirectory()
        let path = "\(directory.path)/model.gguf"
        try TestFiles.write(bytes, to: path)
        return problem(path: path)
    }

    private static func problem(path: String) -> GGUFError? {
        do throws(GGUFError) {
            _ = try GGUFFile.read(path: path)
            return nil
        } catch { return error }
    }

    private static func problem(_ model: ModelBytes) throws -> GGUFError? { try problem(model.bytes) }

    private static func header(version: UInt32 = 3, tensors: UInt64 = 0, values: UInt64 = 0) -> [UInt8] {
        Array("GGUF".utf8) + ModelBytes.little(version) + ModelBytes.little(tensors) + ModelBytes.little(values)
    }

    // MARK: One sentence each

    @Test func whatIsNoModel() throws {
        let directory = try TestDirectory()
        let missing = try #require(Self.problem(path: "\(directory.path)/none.gguf"))
        #expect(missing.description == "there is no file \(directory.path)/none.gguf")
        let place = try #require(Self.problem(path: directory.path))
        #expect(place.description == "\(directory.path) is a directory")
        #expect(Self.problem(path: "/dev/null")?.description == "/dev/null is a device")
        let path = try directory.write("# a text, not a model", to: "notes.gguf")
        #expect(Self.problem(path: path)?.description == "\(path) is not a GGUF file")
    }

    @Test func aShortFile() throws {
        let directory = try TestDirectory()
        let path = try directory.write("", to: "m.gguf")
        #expect(Self.problem(path: path)?.description == "\(path) is truncated: it is empty")
        try TestFiles.write(Array("GGUF".utf8), to: path)
        #expect(Self.problem(path: path)?.description == "\(path) is truncated: it ends within its header")
    }

    @Test func versionsAndByteOrders() throws {
        #expect(try Self.problem(Self.header(version: 1))?.reason == "its GGUF version is 1, not 2 or 3")
        #expect(try Self.problem(Self.header(version: 4))?.reason == "its GGUF version is 4, not 2 or 3")
        #expect(try Self.problem(Self.header(version: UInt32(3).byteSwapped))?.reason == "it is big-endian")
        #expect(try Self.problem(Self.header()) == nil)
    }

    // MARK: Counts and lengths

    @Test func counts() throws {
        let limit = GGUFPart.countLimit
        #expect(try Self.problem(Self.header(tensors: limit + 1))?.reason == "it is said to have 1048577 tensors")
        #expect(try Self.problem(Self.header(values: .max))?.code == .damaged)
        // As many as are allowed, and none of them there.
        #expect(try Self.problem(Self.header(tensors: limit))?.code == .truncated)
        #expect(try Self.problem(Self.header(values: limit))?.code == .truncated)
    }

    @Test func keys() throws {
        func model(_ length: Int) -> ModelBytes { ModelBytes("x", [(String(repeating: "k", count: length), .word(1))]) }
        #expect(try Self.problem(model(GGUFPart.keyLimit)) == nil)
        #expect(try Self.problem(model(GGUFPart.keyLimit + 1))?.reason == "a key has 65536 bytes")
        #expect(
            try Self.problem(ModelBytes("x", [("a", .word(1)), ("a", .word(2))]))?.reason == "it has two values 'a'")
    }

    @Test(arguments: [UInt64(20), 1 << 40, 1 << 63, .max]) func textsBeyondTheEnd(length: UInt64) throws {
        let model = ModelBytes("x", [("a", .raw(8, ModelBytes.little(length) + Array("short".utf8)))])
        #expect(try Self.problem(model)?.code == .truncated)
    }

    @Test(arguments: [UInt32(0), 4, 8, 9, 12], [UInt64(1 << 10), 1 << 40, 1 << 61, .max])
    func arraysBeyondTheEnd(type: UInt32, count: UInt64) throws {
        let model = ModelBytes("x", [("a", .raw(9, ModelBytes.little(type) + ModelBytes.little(count) + [1, 2, 3]))])
        #expect(try Self.problem(model)?.reason == "it ends within an array")
    }

    @Test func types() throws {
        #expect(try Self.problem(ModelBytes("x", [("a", .raw(13, []))]))?.reason == "it has a value of type 13")
        let array = ModelBytes("x", [("a", .raw(9, ModelBytes.little(UInt32(77)) + ModelBytes.little(UInt64(0))))])
        #expect(try Self.problem(array)?.reason == "it has a value of type 77")
    }

    @Test func nesting() throws {
        func model(_ depth: Int) -> ModelBytes {
            let level = ModelBytes.little(UInt32(9)) + ModelBytes.little(UInt64(1))
            let last = ModelBytes.little(UInt32(0)) + ModelBytes.little(UInt64(0))
            return ModelBytes("x", [("a", .raw(9, (1..<depth).flatMap { _ in level } + last))])
        }
        #expect(try Self.problem(model(GGUFPart.depthLimit)) == nil)
        #expect(try Self.problem(model(GGUFPart.depthLimit + 1))?.reason == "its arrays are nested too deeply")
        #expect(try Self.problem(model(100_000))?.code == .damaged)
    }

    /// The file is larger than any header: most of it has no blocks on the disk.
    @Test func headersHaveALimit() throws {
        let directory = try TestDirectory()
        let path = "\(directory.path)/m.gguf"
        for (type, size) in [(UInt32(0), 1), (12, 8)] {
            let count = GGUFReader.headerLimit / size
            let start =
                Self.header(values: 1) + ModelBytes.text("a") + ModelBytes.little(UInt32(9)) + ModelBytes.little(type)
                + ModelBytes.little(UInt64(count))
            try TestFiles.write(start, to: path)
            try #require(truncate(path, off_t(GGUFReader.headerLimit + (1 << 20))) == 0)
            #expect(Self.problem(path: path)?.reason == "its header is larger than 128 MiB")
        }
        // Empty texts: the file has them all, and they are not read to its end.
        let texts = Self.header(values: 1) + ModelBytes.text("a") + ModelBytes.array(8, 1 << 24, [])
        try TestFiles.write(texts, to: path)
        try #require(truncate(path, off_t(GGUFReader.headerLimit + (1 << 20))) == 0)
        #expect(Self.problem(path: path)?.reason == "its header is larger than 128 MiB")
    }

    // MARK: Tensors

    private static func tensor(_ dimensions: [UInt64], type: UInt32 = 0, bytes: Int? = 64) throws -> GGUFError? {
        try problem(ModelBytes("x", tensors: [.init(name: "t", dimensions: dimensions, type: type, bytes: bytes)]))
    }

    @Test func tensors() throws {
        #expect(try Self.tensor([4, 4]) == nil)
        #expect(
            try Self.tensor([4, 5])?.description.hasSuffix("truncated: its tensor 't' goes beyond its end") == true)
        #expect(try Self.tensor([16, 0]) == nil)
        #expect(try Self.tensor([]) == nil)
        #expect(try Self.tensor([UInt64](repeating: 1, count: 8)) == nil)
        #expect(try Self.tensor([UInt64](repeating: 1, count: 9))?.reason == "its tensor 't' has 9 dimensions")
        #expect(try Self.tensor([1 << 32, 1 << 32])?.reason == "its tensor 't' is too large")
        #expect(try Self.tensor([.max])?.reason == "its tensor 't' is too large")
        #expect(try Self.tensor([0, .max, .max])?.reason == "its tensor 't' is too large")
        #expect(try Self.tensor([1 << 55])?.code == .truncated)
        // Blocks of 32 numbers in 34 bytes.
        #expect(try Self.tensor([32, 1], type: 8) == nil)
        #expect(try Self.tensor([32, 2], type: 8)?.code == .truncated)
        #expect(try Self.tensor([33, 1], type: 8)?.reason == "its tensor 't' does not consist of whole blocks")
        // Of an unknown type only the beginning is known to be there.
        #expect(try Self.tensor([1 << 40], type: 999) == nil)
    }

    @Test func tensorsElsewhere() throws {
        let table = ModelBytes.text("t") + ModelBytes.little(UInt32(1)) + ModelBytes.little(UInt64(8))
        for offset in [UInt64(32), 1 << 40, 1 << 63, .max] {
            let bytes = Self.header(tensors: 1) + table + ModelBytes.little(UInt32(0)) + ModelBytes.little(offset)
            let padding = [UInt8](repeating: 0, count: 96 - bytes.count)
            #expect(try Self.problem(bytes + padding)?.reason == "its tensor 't' goes beyond its end", "\(offset)")
        }
    }

    @Test func names() throws {
        func model(_ length: Int) -> ModelBytes {
            ModelBytes("x", tensors: [.init(name: String(repeating: "n", count: length), dimensions: [8])])
        }
        #expect(try Self.problem(model(GGUFTensor.nameLimit)) == nil)
        #expect(try Self.problem(model(GGUFTensor.nameLimit + 1))?.reason == "a tensor's name has 1025 bytes")
        let twice = ModelBytes("x", tensors: [.init(name: "t", dimensions: [8]), .init(name: "t", dimensions: [8])])
        #expect(try Self.problem(twice)?.reason == "two of its tensors have one name")
    }

    @Test(arguments: [UInt32(0), 24, 1 << 21, .max]) func alignments(alignment: UInt32) throws {
        let model = ModelBytes("x", [("general.alignment", .word(alignment))])
        #expect(try Self.problem(model)?.reason == "its alignment is \(alignment)")
    }

    // MARK: All of it

    private static let sample = ModelBytes(
        "llama",
        [
            (".block_count", .word(2)), (".attention.head_count", .words([4, 4])),
            ("tokenizer.ggml.model", .text("gpt2")),
            ("tokenizer.ggml.tokens", .texts(["a", "b", "<|fim_prefix|>"])), ("general.file_type", .word(7)),
        ],
        tensors: [.init(name: "token_embd.weight", dimensions: [8, 3]), .init(name: "output.weight", dimensions: [8])])

    @Test func everyTruncationIsAnError() throws {
        let bytes = Self.sample.bytes
        #expect(try Self.problem(bytes) == nil)
        for count in 0..<bytes.count {
            #expect(try Self.problem(Array(bytes[..<count]))?.code == .truncated, "\(count) bytes")
        }
    }

    /// Whatever a byte is changed to, the file is read or refused, and so is what it says of the model.
    @Test func everyByteMayBeWrong() throws {
        let bytes = Self.sample.bytes
        let directory = try TestDirectory()
        let path = "\(directory.path)/m.gguf"
        var refused = 0
        for place in bytes.indices {
            for byte in [UInt8(0), 1, 0x7F, 0x80, 0xFF] where byte != bytes[place] {
                var changed = bytes
                changed[place] = byte
                try TestFiles.write(changed, to: path)
                do throws(GGUFError) {
                    let header = try ModelHeader.read(path: path)
                    _ = MemoryEstimate.of(header, EngineLoad(context: .max, slots: 256))
                } catch { refused += 1 }
            }
        }
        #expect(refused > 200)
    }
}

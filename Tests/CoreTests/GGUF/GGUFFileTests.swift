import Support
import Testing

@testable import LocalCodeCore

@Suite struct GGUFFileTests {
    @Test(arguments: [UInt32(2), 3]) func versions(version: UInt32) throws {
        var model = ModelBytes(tensors: [.init(name: "a.weight", dimensions: [4, 2])])
        model.version = version
        let file = try model.read()
        #expect(file.version == Int(version))
        #expect(file["general.architecture"] == .string("llama"))
        #expect(file.tensors.map(\.name) == ["a.weight"])
        #expect(file.tensors[0].dimensions == [4, 2])
        #expect(file.tensors[0].count == 8)
        #expect(file.tensors[0].bytes == 32)
    }

    @Test func everyTypeOfValue() throws {
        let file = try ModelBytes(
            "x",
            [
                ("byte", .byte(200)), ("word", .word(4_000_000_000)), ("signed", .signed(-7)), ("long", .long(.max)),
                ("float", .float(1.5)), ("double", .double(-0.25)), ("bool", .bool(true)), ("text", .text("zwölf\0")),
                ("int8", .raw(1, [0xFF])), ("uint16", .raw(2, [1, 2])), ("int16", .raw(3, [0xFE, 0xFF])),
                ("int64", .raw(11, [UInt8](repeating: 0xFF, count: 8))),
            ]
        ).read()
        #expect(file["byte"]?.integer == 200)
        #expect(file["word"]?.integer == 4_000_000_000)
        #expect(file["signed"]?.integer == -7)
        #expect(file["long"] == .unsigned(.max))
        #expect(file["long"]?.integer == nil)
        #expect(file["float"] == .number(1.5))
        #expect(file["double"] == .number(-0.25))
        #expect(file["bool"]?.bool == true)
        #expect(file["text"]?.string == "zwölf\0")
        #expect(file["int8"]?.integer == -1)
        #expect(file["uint16"]?.integer == 513)
        #expect(file["int16"]?.integer == -2)
        #expect(file["int64"]?.integer == -1)
        #expect(file["nothing"] == nil)
    }

    @Test func arrays() throws {
        let inner = ModelBytes.little(UInt32(4)) + ModelBytes.little(UInt64(1)) + ModelBytes.little(UInt32(9))
        let file = try ModelBytes(
            "x",
            [
                ("texts", .texts(["", "a", "längerer Text", ""])), ("words", .words([1, .max])),
                ("signed", .signedWords([-1, 2])), ("bools", .bools([true, false])), ("none", .texts([])),
                ("nested", .raw(9, ModelBytes.little(UInt32(9)) + ModelBytes.little(UInt64(2)) + inner + inner)),
                ("after", .word(5)),
            ]
        ).read()
        let texts = try #require(file["texts"]?.array)
        #expect((0..<4).map { texts[$0]?.string } == ["", "a", "längerer Text", ""])
        #expect(texts[4] == nil && texts[-1] == nil)
        #expect(file["words"]?.array?[1]?.integer == Int(UInt32.max))
        #expect(file["signed"]?.array?[0]?.integer == -1)
        #expect(file["bools"]?.array?[0]?.bool == true)
        #expect(file["none"]?.array?.count == 0)
        #expect(file["nested"]?.array?.count == 2)
        #expect(file["nested"]?.array?[0] == nil)
        #expect(file["after"]?.integer == 5)
    }

    /// Texts that lie across the parts in which a file is read.
    @Test func longTexts() throws {
        let long = String(repeating: "0123456789abcdef", count: 40_000)
        let many = (0..<60_000).map { "token \($0)" }
        let file = try ModelBytes("x", [("long", .text(long)), ("many", .texts(many)), ("last", .word(1))]).read()
        #expect(file["long"]?.string == long)
        #expect(file["many"]?.array?.count == many.count)
        #expect(stride(from: 0, to: many.count, by: 997).allSatisfy { file["many"]?.array?[$0]?.string == many[$0] })
        #expect(file["last"]?.integer == 1)
    }

    @Test func realModels() async throws {
        for model in TinyModel.allCases {
            let file = try GGUFFile.read(path: try await model.path())
            #expect(file["general.architecture"]?.string?.isEmpty == false)
            #expect(file.tensors.allSatisfy { $0.bytes == $0.count * 4 })
        }
    }

    // MARK: Split models

    private static func part(_ number: UInt32, of count: UInt32, tensors: Int32 = 3) -> ModelBytes {
        var values: [(String, ModelBytes.Value)] = [
            ("split.no", .word(number)), ("split.count", .word(count)), ("split.tensors.count", .signed(tensors)),
        ]
        if number == 0 { values.append(("general.name", .text("whole"))) }
        return ModelBytes("llama", values, tensors: [.init(name: "blk.\(number).weight", dimensions: [8])])
    }

    private static func write(_ parts: [ModelBytes], count: Int? = nil) throws -> (TestDirectory, [String]) {
        let directory = try TestDirectory()
        let names = (1...parts.count).map { "\(directory.path)/m-0000\($0)-of-0000\(count ?? parts.count).gguf" }
        for (part, name) in zip(parts, names) { try TestFiles.write(part.bytes, to: name) }
        return (directory, names)
    }

    private static func problem(_ parts: [ModelBytes], count: Int? = nil) throws -> GGUFError? {
        let (directory, names) = try write(parts, count: count)
        defer { withExtendedLifetime(directory) {} }
        do throws(GGUFError) {
            _ = try GGUFFile.read(path: names[0])
            return nil
        } catch { return error }
    }

    @Test(arguments: [0, 1, 2]) func partsAreReadTogether(named: Int) throws {
        let (directory, names) = try Self.write((0..<3).map { Self.part($0, of: 3) })
        defer { withExtendedLifetime(directory) {} }
        let file = try GGUFFile.read(path: names[named])
        #expect(file.parts.map(\.path) == names)
        #expect(file.path == names[0])
        #expect(file.tensors.map(\.name) == ["blk.0.weight", "blk.1.weight", "blk.2.weight"])
        #expect(file["general.name"]?.string == "whole")
    }

    @Test func aPartIsMissing() throws {
        let error = try #require(try Self.problem((0..<2).map { Self.part($0, of: 3) }, count: 3))
        #expect(error.code == .missing)
        #expect(error.description.hasSuffix("/m-00003-of-00003.gguf"))
    }

    @Test func partsThatDoNotBelongTogether() throws {
        let swapped = [Self.part(0, of: 3), Self.part(2, of: 3), Self.part(1, of: 3)]
        #expect(try Self.problem(swapped)?.reason == "it is part 3, and named as part 2")
        let foreign = [Self.part(0, of: 3), Self.part(1, of: 4), Self.part(2, of: 3)]
        #expect(try Self.problem(foreign)?.reason == "it is named as one of 3 parts, and one of 4")
        let more = (0..<3).map { Self.part($0, of: 3, tensors: 5) }
        #expect(try Self.problem(more)?.reason == "its parts have 3 tensors, not 5")
        var twice = (0..<3).map { Self.part($0, of: 3) }
        twice[1].tensors[0].name = "blk.0.weight"
        #expect(try Self.problem(twice)?.reason == "two of its tensors have one name")
    }

    @Test func aPartUnderAnotherName() throws {
        let error = try #require(throws: GGUFError.self) { try Self.part(0, of: 3).read() }
        #expect(error.reason == "it is one of 3 parts, and not named like one")
        _ = try Self.part(0, of: 1, tensors: 1).read()
    }

    @Test func namesOfParts() throws {
        #expect(try GGUFFile.partPaths(of: "/m/a-00002-of-00002.gguf").count == 2)
        #expect(try GGUFFile.partPaths(of: "/m/a-0002-of-00002.gguf") == ["/m/a-0002-of-00002.gguf"])
        #expect(try GGUFFile.partPaths(of: "/m/a-00001_of-00002.gguf") == ["/m/a-00001_of-00002.gguf"])
        #expect(try GGUFFile.partPaths(of: "a.gguf") == ["a.gguf"])
        for name in ["/m/a-00003-of-00002.gguf", "/m/a-00000-of-00002.gguf"] {
            #expect(throws: GGUFError.self) { try GGUFFile.partPaths(of: name) }
        }
    }
}

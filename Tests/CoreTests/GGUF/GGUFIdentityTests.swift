import Support
import Testing

@testable import LocalCodeCore

@Suite struct GGUFIdentityTests {
    private static func digest(_ bytes: [UInt8]) throws -> Digest {
        let directory = try TestDirectory()
        let path = "\(directory.path)/model.gguf"
        try TestFiles.write(bytes, to: path)
        return try GGUFIdentity.digest(path: path)
    }

    @Test func equalFilesAreEqual() throws {
        #expect(try Self.digest(GGUFBytes().bytes) == Self.digest(GGUFBytes().bytes))
        #expect(try Self.digest(GGUFBytes(version: 2).bytes) != Self.digest(GGUFBytes().bytes))
    }

    @Test(arguments: [0, 6000, 3 * 4096 - 1]) func aWeightIsSeen(place: Int) throws {
        #expect(try Self.digest(GGUFBytes(changed: place).bytes) != Self.digest(GGUFBytes().bytes))
    }

    @Test func metadataAreSeen() throws {
        #expect(try Self.digest(GGUFBytes(name: "tinz").bytes) != Self.digest(GGUFBytes().bytes))
    }

    @Test func sizeIsSeen() throws {
        #expect(try Self.digest(GGUFBytes().bytes + [0]) != Self.digest(GGUFBytes().bytes))
    }

    /// Of a large file a fixed number of blocks is read, and every run of bytes that is longer than the gap is noticed.
    @Test func blocksAreSpread() {
        let small = GGUFIdentity.blocks(of: 100..<5000, count: 128).map { [$0.lowerBound, $0.upperBound] }
        #expect(small == [[100, 5000]])
        #expect(GGUFIdentity.blocks(of: 5..<5, count: 128).isEmpty)
        let size = 3 << 30
        let starts = GGUFIdentity.blocks(of: 1000..<size, count: 128).map(\.lowerBound)
        #expect(starts.count == 128)
        #expect(starts.first == 1000)
        #expect(starts.last == size - GGUFIdentity.blockBytes)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 < size / 120 })
    }

    @Test func realModels() async throws {
        let tiny = try GGUFIdentity.digest(path: try await TinyModel.tiny.path())
        // Equal in size and in every byte of the header.
        #expect(try GGUFIdentity.digest(path: try await TinyModel.twin.path()) != tiny)
        #expect(try GGUFIdentity.digest(path: try await TinyModel.draft.path()) != tiny)
        #expect(try GGUFIdentity.digest(path: try await TinyModel.tiny.path()) == tiny)
    }

    @Test func aLinkIsTheFileItLeadsTo() throws {
        let directory = try TestDirectory()
        try TestFiles.write(GGUFBytes().bytes, to: "\(directory.path)/model.gguf")
        try directory.link("default.gguf", to: "model.gguf")
        #expect(
            try GGUFIdentity.digest(path: "\(directory.path)/default.gguf")
                == GGUFIdentity.digest(path: "\(directory.path)/model.gguf"))
    }

    // MARK: Split files

    @Test func allPartsCount() throws {
        let directory = try TestDirectory()
        let names = (1...3).map { "\(directory.path)/model-0000\($0)-of-00003.gguf" }
        for (index, name) in names.enumerated() {
            try TestFiles.write(GGUFBytes(seed: UInt8(index)).bytes, to: name)
        }
        let first = try GGUFIdentity.digest(path: names[0])
        #expect(try GGUFIdentity.digest(path: names[2]) == first)
        try TestFiles.write(GGUFBytes(seed: 2, changed: 5000).bytes, to: names[2])
        #expect(try GGUFIdentity.digest(path: names[0]) != first)
        try TestFiles.remove(names[1])
        let error = try #require(throws: GGUFError.self) { try GGUFIdentity.digest(path: names[0]) }
        #expect(error.code == .missing)
        #expect(error.path == names[1])
    }

    @Test func whatIsNoModelHasNone() throws {
        let bytes = GGUFBytes().bytes
        #expect(throws: GGUFError(.noFile, "/tmp", "a directory")) { try GGUFIdentity.digest(path: "/tmp") }
        #expect(throws: GGUFError.self) { try Self.digest([]) }
        #expect(throws: GGUFError.self) { try Self.digest(Array(bytes.dropLast())) }
    }

    /// What states were saved under must be found again by the next version of this program.
    @Test func digestsStay() throws {
        let digest = try Self.digest(GGUFBytes().bytes)
        #expect(digest.hex == "af16181599d80db634186ae5cdbeffa28614ecd727a7ea2aa6b7e40745093c8c")
        // Of this one only blocks are read.
        let large = try Self.digest(GGUFBytes(tensorBytes: 2 << 20).bytes)
        #expect(large.hex == "0b8a53b7ed1fcff4dce8b8d8d404dbfa26c6d87fda1f5f830634f6a205152352")
    }
}

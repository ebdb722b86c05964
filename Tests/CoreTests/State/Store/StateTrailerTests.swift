import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct StateTrailerTests {
    private let directory: TestDirectory
    private let path: String

    init() throws {
        directory = try TestDirectory()
        path = "\(directory.path)/state.kv"
    }

    private static func trailer(_ state: [UInt8]) -> StateTrailer {
        let description = StateDescription(
            fingerprint: Fingerprint([.init(name: "model", value: "\"ü\" \u{1F600}\n")]),
            boundaries: [
                StateBoundary(digest: SHA256.digest([1]), bytes: 1000, tokens: 60),
                StateBoundary(digest: SHA256.digest([2]), bytes: 2000),
            ], kind: .named, name: "before lunch", model: "tiny", title: "say \"hello\"", prefillSeconds: 1.25)
        return StateTrailer(
            state: description, tokens: 100, stateBytes: state.count, checksum: Checksum.of(state) ?? [],
            checkpoints: [10, 96], created: 1_700_000_000.5)
    }

    private func read(_ bytes: [UInt8]) throws -> (trailer: StateTrailer, start: Int)? {
        try TestFiles.write(bytes, to: path)
        let file = try OpenFile(path, O_RDONLY)
        return try StateTrailer.read(file, size: bytes.count)
    }

    @Test func writtenAndRead() throws {
        let state = StateBytes(checkpoints: [.init(tokens: 10, bytes: 40)]).bytes
        let trailer = Self.trailer(state)
        let found = try #require(try read(state + trailer.bytes))
        #expect(found.trailer == trailer)
        #expect(found.start == state.count)
        let file = try StateFile(path: path)
        #expect(file.stateBytes == state.count)
        #expect(file.trailer == trailer)
        // What the engine appended is found though we appended more.
        #expect(file.checkpoints.map(\.tokens) == [10])
        #expect(file.memory?.count == 1)
    }

    @Test func anEnginesFileHasNone() throws {
        #expect(try read(StateBytes().bytes) == nil)
        #expect(try read([]) == nil)
        #expect(try read(StateTrailer.magic) == nil)
    }

    @Test func anotherFormIsLeftAlone() throws {
        var bytes = StateBytes().bytes
        bytes += Self.trailer(bytes).bytes
        bytes[bytes.count - 1] = UInt8(ascii: "2")
        let error = try #require(throws: StateStoreError.self) { try read(bytes) }
        #expect(error.code == .foreign)
    }

    @Test func everyChangedByteIsNoticed() throws {
        let state = StateBytes(tokens: 4, parts: [.attention(cells: 4)]).bytes
        let trailer = Self.trailer(state)
        let bytes = state + trailer.bytes
        for index in state.count..<bytes.count {
            var changed = bytes
            changed[index] ^= 0x04
            let found = try? read(changed)
            #expect(found == nil, "byte \(index - state.count) of \(trailer.bytes.count)")
        }
    }

    @Test func everyTruncationIsNoticed() throws {
        let state = StateBytes(tokens: 4, parts: [.attention(cells: 4)]).bytes
        let bytes = state + Self.trailer(state).bytes
        for count in 0..<bytes.count { #expect(try read(Array(bytes[..<count])) == nil) }
    }

    @Test func anothersTrailerIsNoticed() throws {
        let state = StateBytes().bytes
        let error = try #require(throws: StateStoreError.self) { try read(state + [0] + Self.trailer(state).bytes) }
        #expect(error.reason == "it has \(state.count + 1) bytes of state, not \(state.count)")
    }

    @Test func aLengthBeyondTheFile() throws {
        var bytes = StateBytes().bytes
        bytes += Self.trailer(bytes).bytes
        for index in bytes.count - 16..<bytes.count - 8 { bytes[index] = 0xFF }
        let error = try #require(throws: StateStoreError.self) { try read(bytes) }
        #expect(error.code == .damaged)
    }

    /// The values were computed from the definition in RFC 8439, section 2.5.
    @Test func theChecksumIsPoly1305() {
        #expect(Hexadecimal.text(Checksum.of([]) ?? []) == "66696c6520636865636b73756d3a2031")
        #expect(Hexadecimal.text(Checksum.of(Array("LocalCode".utf8)) ?? []) == "bc2e6ecc5715dd2eee5b1561c3ac00fe")
    }

    @Test func aFilesChecksumIsThatOfItsBytes() throws {
        let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try TestFiles.write(bytes, to: path)
        let file = try OpenFile(path, O_RDONLY)
        #expect(try Checksum.of(file, count: 600_001) == Checksum.of(Array(bytes[..<600_001])))
        let error = try #require(throws: StateStoreError.self) { try Checksum.of(file, count: 700_002) }
        #expect(error.reason == "it ends after 700001 of 700002 bytes")
    }
}

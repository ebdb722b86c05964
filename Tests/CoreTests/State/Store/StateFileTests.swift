import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateFileTests {
    private let directory: TestDirectory
    private let path: String

    init() throws {
        directory = try TestDirectory()
        path = "\(directory.path)/state.kv"
    }

    private func file(_ bytes: [UInt8]) throws -> StateFile {
        try TestFiles.write(bytes, to: path)
        return try StateFile(path: path)
    }

    @Test func aDenseModel() throws {
        let bytes = StateBytes(tokens: 300, parts: [.attention(cells: 300)]).bytes
        let file = try file(bytes)
        #expect(file.tokenCount == 300)
        #expect(file.fileBytes == bytes.count)
        #expect(file.stateBytes == bytes.count)
        #expect(file.trailer == nil)
        #expect(file.checkpoints.isEmpty)
        #expect(file.media.isEmpty)
        #expect(try file.tokens() == (0..<300).map { Int32($0 + 1) })
        let memory = try #require(file.memory?.first)
        #expect(memory.kind == .attention)
        #expect(memory.cells == 300)
        #expect(memory.positionMinimum == 0)
        #expect(memory.positionMaximum == 299)
        #expect(memory.layers == 2)
        #expect(memory.types == [1])
        #expect(!memory.isTransposed)
        #expect(24 + 300 * 4 + 4 + memory.bytes == bytes.count)
    }

    @Test func aSlidingWindowWithCheckpoints() throws {
        let file = try file(
            StateBytes(
                tokens: 300, parts: [.attention(cells: 300), .attention(cells: 64)],
                checkpoints: [.init(tokens: 100, bytes: 5000), .init(tokens: 296, bytes: 77)]
            ).bytes)
        #expect(file.memory?.map(\.cells) == [300, 64])
        #expect(file.memory?.last?.positionMinimum == 236)
        #expect(file.checkpoints.map(\.tokens) == [100, 296])
        #expect(file.checkpoints.map(\.targetBytes) == [5000, 77])
        #expect(file.checkpoints.map(\.positionMaximum) == [99, 295])
        #expect(file.checkpoints.map(\.draftBytes) == [0, 0])
    }

    @Test(arguments: [
        StateBytes.Part.attention(cells: 100, isTransposed: true),
        .attention(cells: 100, extra: 8),
        .attention(cells: 100, extra: 12, isTransposed: true),
        .attention(cells: 100, hasValues: false),
        .attention(cells: 100, streams: 4),
        .recurrent(layers: 3, of: 8),
    ])
    func otherMemories(part: StateBytes.Part) throws {
        for checkpoints in [[], [StateBytes.Checkpoint(tokens: 50, bytes: 100)]] {
            let file = try file(StateBytes(parts: [part], checkpoints: checkpoints).bytes)
            #expect(file.memory?.count == 1)
            #expect(file.memory?.first?.positionMaximum == 99)
            #expect(file.checkpoints.count == checkpoints.count)
        }
    }

    @Test func aHybridModel() throws {
        let file = try file(
            StateBytes(
                parts: [.attention(cells: 100), .recurrent(layers: 6, of: 8)],
                checkpoints: [.init(tokens: 50, bytes: 9)]
            ).bytes)
        #expect(file.memory?.map(\.kind) == [.attention, .recurrent])
        #expect(file.memory?.last?.layers == 6)
        #expect(file.checkpoints.map(\.tokens) == [50])
    }

    /// Checkpoints are found behind a memory of a form that is not known, and also when their mark occurs in it.
    @Test func anUnknownMemory() throws {
        var bytes = StateBytes(parts: [.unknown(600_000)], checkpoints: [.init(tokens: 50, bytes: 900)]).bytes
        // Version 1, no checkpoints: all of it but the end of the file.
        for (index, byte) in (Array("SCKP".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]).enumerated() {
            bytes[70_000 + index] = byte
        }
        let file = try file(bytes)
        #expect(file.memory == nil)
        #expect(file.checkpoints.map(\.tokens) == [50])
        #expect(try self.file(StateBytes(parts: [.unknown(1000)]).bytes).checkpoints.isEmpty)
    }

    @Test func media() throws {
        let file = try file(StateBytes(media: [(start: 3, bytes: 1001), (start: 60, bytes: 12)]).bytes)
        #expect(file.tokenCount == 100)
        #expect(file.media == [.init(start: 3, bytes: 1001), .init(start: 60, bytes: 12)])
        #expect(file.memory?.count == 1)
    }

    @Test func aPlainListOfTokens() throws {
        let file = try file(StateBytes(isPlain: true).bytes)
        #expect(file.tokenCount == 100)
        #expect(try file.tokens().last == 100)
        #expect(file.memory?.first?.cells == 100)
    }

    /// What an idle slot that the engine has emptied is saved as.
    @Test func anEmptySlot() throws {
        let file = try file(
            StateBytes(tokens: 0, parts: [.attention(cells: 0, streams: 1)]).bytes.prefix(36).map { $0 })
        #expect(file.tokenCount == 0)
        #expect(try file.tokens().isEmpty)
    }

    // MARK: What is no state

    @Test func otherFiles() throws {
        func problem(_ bytes: [UInt8]) -> StateStoreError? {
            do {
                _ = try file(bytes)
                return nil
            } catch {
                return error as? StateStoreError
            }
        }
        #expect(problem([])?.reason == "it has 0 bytes, too few for a state")
        #expect(problem(Array("hello, world".utf8))?.reason == "it is no state of llama-server")
        var bytes = StateBytes().bytes
        bytes[4] = 3
        #expect(problem(bytes)?.code == .foreign)
        #expect(problem(bytes)?.reason == "its state has version 3, not 4")
        bytes[4] = 4
        for index in 8..<12 { bytes[index] = 0xFF }
        #expect(problem(bytes)?.reason == "it ends within its 4294967295 words of tokens")
        bytes = StateBytes().bytes
        bytes[16] = 9
        #expect(problem(bytes)?.code == .foreign)
        bytes = StateBytes().bytes
        for index in 20..<24 { bytes[index] = 0xFF }
        #expect(problem(bytes)?.reason == "it ends within its 4294967295 tokens")
        #expect(throws: StateStoreError.self) { try StateFile(path: directory.path) }
        #expect(throws: StateStoreError.self) { try StateFile(path: "\(directory.path)/none") }
        #expect(throws: StateStoreError.self) { try StateFile(path: "/dev/zero") }
    }

    private static let samples = [
        StateBytes(
            tokens: 20, parts: [.attention(cells: 20), .attention(cells: 8)],
            checkpoints: [.init(tokens: 10, bytes: 50), .init(tokens: 16, bytes: 30)]),
        StateBytes(
            tokens: 20, media: [(2, 33)], parts: [.attention(cells: 20, extra: 12), .recurrent(layers: 2, of: 4)]),
    ]

    @Test(arguments: samples) func everyTruncationIsTold(sample: StateBytes) throws {
        let bytes = sample.bytes
        let whole = try file(bytes)
        for count in 0..<bytes.count {
            guard let cut = try? file(Array(bytes[..<count])) else { continue }
            // The memory is not measured by the header: it is then not known to the end, or ends where a part did.
            #expect(cut != whole)
            #expect(cut.memory == nil || cut.memory?.count ?? 0 <= whole.memory?.count ?? 0)
            #expect(cut.checkpoints.count <= whole.checkpoints.count)
        }
    }

    @Test(arguments: samples) func noChangedByteIsATrap(sample: StateBytes) throws {
        let bytes = sample.bytes
        for index in bytes.indices {
            for value in [0, 0xFF, bytes[index] ^ 0x80] as [UInt8] {
                var changed = bytes
                changed[index] = value
                guard let file = try? file(changed) else { continue }
                #expect(file.tokenCount <= changed.count / 4)
                #expect(file.checkpoints.allSatisfy { $0.targetBytes <= changed.count })
                _ = try file.tokens()
            }
        }
    }
}

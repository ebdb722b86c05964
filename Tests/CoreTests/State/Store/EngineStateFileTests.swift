import Support
import Testing

@testable import LocalCodeCore

/// What a real engine writes is understood, and what is appended to it does not disturb the engine.
@Suite struct EngineStateFileTests {
    private static let flags = ["--parallel", "2", "--kv-unified", "--no-cache-idle-slots", "--cache-ram", "0"]
    private static let prompt = (0..<600).map { JSONValue.number(40 + $0 * 7 % 150) }

    private static func complete(_ engine: TestEngine, slot: Int) async throws -> JSONValue {
        let answer = try await TestHTTP(engine.url).post(
            "/completion",
            [
                "prompt": .array(prompt), "n_predict": 2, "temperature": 0, "id_slot": .number(slot),
                "cache_prompt": true,
            ])
        guard answer.status == 200 else { throw TestKitError(answer.text) }
        return answer.json
    }

    private static func act(_ action: String, _ name: String, slot: Int, _ engine: TestEngine) async throws -> JSONValue
    {
        let answer = try await TestHTTP(engine.url).post("/slots/\(slot)?action=\(action)", ["filename": .string(name)])
        guard answer.status == 200 else { throw TestKitError(answer.text) }
        return answer.json
    }

    @Test(arguments: [TinyModel.tiny, .swa, .recurrent]) func savedAndRestored(model: TinyModel) async throws {
        let place = try StorePlace()
        let store = try place.open()
        let exchange = try store.exchange()
        let directory = try #require(exchange.directory)
        let first = try await TestEngine.start(Self.flags + ["--slot-save-path", directory], model: model)
        let cold = try await Self.complete(first, slot: 0)
        #expect(cold["timings"]?["cache_n"]?.int == 0)
        let save = try exchange.beginSave(expecting: 1 << 20)
        let saved = try await Self.act("save", save.name, slot: 0, first)
        let (tokens, written) = (saved["n_saved"]?.int ?? 0, saved["n_written"]?.int ?? 0)
        #expect(tokens >= 600)
        let entry = try exchange.commit(save, StateDescription(Talk("a", "b")), tokens: tokens, written: written)

        let file = try StateFile(path: entry.path)
        #expect(file.tokenCount == tokens)
        #expect(file.stateBytes == written)
        #expect(try file.tokens().prefix(600).map(Int.init) == Self.prompt.compactMap(\.int))
        #expect(file.checkpoints.map(\.tokens).sorted() == entry.checkpoints)
        let memory = try #require(file.memory)
        switch model {
        case .swa:
            #expect(memory.map(\.kind) == [.attention, .attention])
            #expect(memory[0].cells >= 600)
            #expect(memory[1].cells < 600)
            #expect(entry.checkpoints.contains { $0 > 500 })
        case .recurrent:
            #expect(memory.map(\.kind) == [.recurrent])
            #expect(entry.checkpoints.contains { $0 > 500 })
        default:
            #expect(memory.map(\.kind) == [.attention])
            #expect(memory[0].cells >= 600)
            #expect(entry.checkpoints.isEmpty)
        }

        // Another engine, which knows nothing.
        await first.stop()
        let second = try await TestEngine.start(Self.flags + ["--slot-save-path", directory], model: model)
        let restore = try exchange.beginRestore(entry)
        let restored = try await Self.act("restore", restore.name, slot: 1, second)
        exchange.endRestore(restore)
        #expect(restored["n_restored"]?.int == entry.tokens)
        #expect(restored["n_read"]?.int == entry.stateBytes)
        let warm = try await Self.complete(second, slot: 1)
        #expect((warm["timings"]?["cache_n"]?.int ?? 0) >= 600 - 64)
        #expect(warm["content"] == cold["content"])
        // The trailer is no appendix that the engine would have to warn of.
        #expect(!second.logs.contains("invalid context checkpoint appendix"))
        #expect(!second.logs.contains("truncated context checkpoint appendix"))
    }

    /// A slot that the engine has emptied is saved without an error, as 0 tokens.
    @Test func anEmptySlotIsNotTaken() async throws {
        let store = try StorePlace().open()
        let exchange = try store.exchange()
        let engine = try await TestEngine.start(Self.flags + ["--slot-save-path", exchange.directory ?? ""])
        let save = try exchange.beginSave()
        let saved = try await Self.act("save", save.name, slot: 0, engine)
        #expect(saved["n_saved"]?.int == 0)
        let error = try #require(throws: StateStoreError.self) {
            try exchange.commit(
                save, StateDescription(Talk("a")), tokens: 0, written: saved["n_written"]?.int ?? 0)
        }
        #expect(error.reason == "the engine saved 0 tokens, and it has 0")
        #expect(try store.entries().isEmpty)
    }

    /// A file is not read while it is removed: the engine has it open by a name of its own.
    @Test func aStateIsRemovedWhileItIsRestored() async throws {
        let store = try StorePlace().open()
        let exchange = try store.exchange()
        let engine = try await TestEngine.start(Self.flags + ["--slot-save-path", exchange.directory ?? ""])
        _ = try await Self.complete(engine, slot: 0)
        let save = try exchange.beginSave()
        let saved = try await Self.act("save", save.name, slot: 0, engine)
        let entry = try exchange.commit(
            save, StateDescription(Talk("a")), tokens: saved["n_saved"]?.int ?? 0, written: saved["n_written"]?.int ?? 0
        )
        let restore = try exchange.beginRestore(entry)
        try store.remove([entry.id])
        #expect(try await Self.act("restore", restore.name, slot: 1, engine)["n_restored"]?.int == entry.tokens)
        exchange.endRestore(restore)
    }
}

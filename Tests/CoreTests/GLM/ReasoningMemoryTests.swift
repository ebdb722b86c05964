import Testing

@testable import LocalCodeCore

struct ReasoningMemoryTests {
    private func entry(_ id: String, _ reasoning: String) throws -> ReasoningMemory.Entry {
        try #require(ReasoningMemory.Entry(keys: [.init(toolCall: id)], reasoning: reasoning))
    }

    @Test("what was used longest ago goes first")
    func leastRecentlyUsed() throws {
        var memory = ReasoningMemory(entries: 2, bytes: 10_000)
        memory.insert(try entry("a", "1"))
        memory.insert(try entry("b", "2"))
        #expect(memory.lookup(.init(toolCall: "a")) == "1")
        memory.insert(try entry("c", "3"))
        #expect(memory.lookup(.init(toolCall: "b")) == nil)
        #expect(memory.lookup(.init(toolCall: "a")) == "1")
        #expect(memory.count == 2)
    }

    @Test("bytes are bounded, and one entry never takes all")
    func bytes() throws {
        var memory = ReasoningMemory(entries: 100, bytes: 1000)
        for number in 0..<20 { memory.insert(try entry("\(number)", String(repeating: "x", count: 200))) }
        #expect(memory.bytes <= 1000)
        #expect(memory.lookup(.init(toolCall: "19")) != nil)
        let before = memory.count
        memory.insert(try entry("huge", String(repeating: "x", count: 2000)))
        #expect(memory.count == before)
        #expect(memory.lookup(.init(toolCall: "huge")) == nil)
    }

    @Test("a key has one reasoning: the latest")
    func replaced() throws {
        var memory = ReasoningMemory()
        memory.insert(try entry("a", "old"))
        memory.insert(try entry("a", "new"))
        #expect(memory.lookup(.init(toolCall: "a")) == "new")
        #expect(memory.count == 1)
    }

    @Test("a text is known only in its place, and whatever space is around it")
    func texts() {
        let turn = ReasoningMemory.Turn(["role": "user", "content": "go", "reasoning_content": "x"])
        #expect(turn == ReasoningMemory.Turn(["role": "user", "content": "go"]))
        let other = ReasoningMemory.Turn(["role": "user", "content": "stop"])
        #expect(
            ReasoningMemory.Key(text: " Done.\n", answering: turn)
                == ReasoningMemory.Key(text: "Done.", answering: turn))
        #expect(
            ReasoningMemory.Key(text: "Done.", answering: turn) != ReasoningMemory.Key(text: "Done.", answering: other))
        #expect(ReasoningMemory.Entry(keys: [], reasoning: "x") == nil)
        #expect(ReasoningMemory.Entry(keys: [.init(toolCall: "a")], reasoning: "") == nil)
    }
}

import Testing

@testable import LocalCodeCore

@Suite struct ToolMemoryTests {
    private func answer(_ ids: String..., arguments: String = "{}", text: String? = nil) -> ToolMemory.Answer {
        ToolMemory.Answer(
            model: "m", calls: ids.map { ToolMemory.Call(id: $0, name: "f", arguments: arguments) }, content: "",
            text: text)
    }

    @Test func anAnswerIsFoundByEachOfItsCalls() {
        let memory = ToolMemory()
        memory.remember(answer("a", "b"))
        #expect(memory.answer(withCall: "b") == answer("a", "b"))
        #expect(memory.call("a")?.name == "f")
        #expect(memory.call("c") == nil)
        memory.remember(ToolMemory.Answer(model: nil, calls: [], content: "x"))
        #expect(memory.count == 1)
    }

    @Test func aNewAnswerTakesThePlaceOfTheOld() {
        let memory = ToolMemory()
        memory.remember(answer("a", "b"))
        memory.remember(answer("b", arguments: "[]"))
        #expect(memory.call("a") == nil)
        #expect(memory.call("b")?.isObject == false)
        #expect(memory.count == 1)
    }

    @Test func whatIsForgottenTakesNoMemory() {
        let memory = ToolMemory()
        memory.remember(answer("a", "b", text: "x"))
        #expect(memory.hasTexts)
        memory.forget(["b", "c"])
        #expect(memory.answer(withCall: "a") == nil)
        #expect(memory.bytes == 0 && memory.count == 0 && !memory.hasTexts)
    }

    @Test func whatWasUsedLongestAgoGoesFirst() {
        let memory = ToolMemory(entries: 8)
        for number in 0..<8 { memory.remember(answer("\(number)")) }
        _ = memory.answer(withCall: "0")
        memory.remember(answer("8"))
        #expect(memory.count <= 8)
        #expect(memory.call("0") != nil && memory.call("8") != nil)
        #expect(memory.call("1") == nil)
    }

    @Test func itsBytesAreBounded() {
        let memory = ToolMemory(bytes: 64 << 10)
        let long = String(repeating: "x", count: 10 << 10)
        for number in 0..<50 {
            memory.remember(answer("\(number)", arguments: long, text: long))
            #expect(memory.bytes <= 64 << 10)
        }
        #expect(memory.call("49") != nil)
        memory.remember(answer("huge", text: String(repeating: "x", count: 1 << 20)))
        #expect(memory.call("huge") == nil && memory.call("49") != nil)
    }

    @Test func aToolListIsLookedAtOnce() {
        let lists = ToolLists()
        var looks = 0
        for _ in 0..<3 {
            for text in ["[1,2,3,4,5]", "[1,2,3,4,6]"] {
                let verdict = lists.verdict(on: Array(text.utf8)[...]) {
                    looks += 1
                    return ToolLists.Verdict(changed: nil, notes: [text])
                }
                #expect(verdict.notes == [text])
            }
        }
        #expect(looks == 2)
    }
}

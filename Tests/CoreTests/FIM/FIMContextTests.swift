import Testing

@testable import LocalCodeCore

@Suite struct FIMContextTests {
    private func lines(_ count: Int, _ name: String = "line") -> String {
        (0..<count).map { "\(name) \($0)\n" }.joined()
    }

    private func assemble(_ prefix: String, _ suffix: String, _ near: Int) -> FIMContext {
        FIMContext.assemble(prefix: prefix, suffix: suffix, budget: FIMContext.Budget(near: near))
    }

    @Test func whatFitsStaysAsItIs() {
        let context = assemble("let a = ", "\nlet b", 100)
        #expect(context == FIMContext(prefix: "let a = ", suffix: "\nlet b", chunks: []))
    }

    @Test func theNearestTextIsKeptInWholeLines() {
        let (prefix, suffix) = (lines(500) + "typed", " rest\n" + lines(500))
        let context = assemble(prefix, suffix, 1000)
        #expect(prefix.hasSuffix(context.prefix))
        #expect(context.prefix.hasPrefix("line "))
        #expect((600...750).contains(context.prefix.utf8.count))
        #expect(suffix.hasPrefix(context.suffix))
        #expect(context.suffix.hasSuffix("\n"))
        #expect((200...250).contains(context.suffix.utf8.count))
    }

    @Test func whatOneSideLeavesIsTheOthers() {
        let long = lines(500)
        #expect(assemble(long, "", 1000).prefix.utf8.count > 850)
        #expect(assemble("", long, 1000).suffix.utf8.count > 950)
        #expect(assemble("abc", long, 1000).prefix == "abc")
        #expect(assemble(long, "abc", 1000).suffix == "abc")
    }

    @Test func theBeginningStaysWhileOneTypes() {
        var prefix = lines(300)
        var beginnings: [String] = []
        for letter in lines(60, "typed") {
            prefix.append(letter)
            let beginning = String(assemble(prefix, "}\n", 800).prefix.prefix(8))
            if beginnings.last != beginning { beginnings.append(beginning) }
        }
        // 539 letters: a step is a hundred of them.
        #expect((2...7).contains(beginnings.count), "\(beginnings)")
    }

    @Test func aLineWithoutAnEndIsCutBetweenCharacters() {
        let long = String(repeating: "ä", count: 900)
        let context = assemble(long, long, 801)
        #expect(long.hasSuffix(context.prefix))
        #expect(long.hasPrefix(context.suffix))
        #expect((500...601).contains(context.prefix.utf8.count))
        #expect((190...201).contains(context.suffix.utf8.count))
        #expect(assemble("abc", "def", 0) == FIMContext(prefix: "", suffix: "", chunks: []))
    }

    private func chunk(_ text: String, _ name: String = "f") -> FIMChunk { FIMChunk(filename: name, text: text) }

    @Test func chunksOfTheFileItselfAreLeftOut() {
        let chunks = [chunk("func a()\n"), chunk("func b()\n"), chunk("func c()\n"), chunk("  \n")]
        let context = FIMContext.assemble(prefix: "func a()\nlet", suffix: "\nfunc c()\n", extra: chunks)
        #expect(context.chunks == [chunk("func b()\n")])
    }

    @Test func chunksKeepTheirPlace() {
        var ring = FIMRing()
        ring.add([chunk("one", "1"), chunk("two", "2"), chunk("three", "3")])
        let context = FIMContext.assemble(
            prefix: "", suffix: "", extra: [chunk("four", "4"), chunk("two", "2"), chunk("one", "x")], ring: ring)
        #expect(context.chunks.map(\.text) == ["one", "two", "three", "four"])
        #expect(context.chunks.first?.filename == "1")
    }

    @Test func aLongChunkLosesItsEnd() {
        let context = FIMContext.assemble(
            prefix: "", suffix: "", extra: [chunk(lines(100))], budget: FIMContext.Budget(chunks: 101))
        #expect(context.chunks.map(\.text) == [lines(13)])
    }
}

@Suite struct FIMRingTests {
    private func chunk(_ text: String) -> FIMChunk { FIMChunk(filename: "f", text: text) }

    @Test func aTextIsThereOnce() {
        var ring = FIMRing()
        ring.add([chunk("abc"), chunk("xyz"), chunk("abc"), chunk("b")])
        #expect(ring.chunks.map(\.text) == ["abc", "xyz"])
        // A longer one stands where the shorter one stood.
        ring.add(chunk("-abc-"))
        #expect(ring.chunks.map(\.text) == ["-abc-", "xyz"])
        ring.add(chunk("-abc-xyz-"))
        #expect(ring.chunks.map(\.text) == ["-abc-", "xyz", "-abc-xyz-"].suffix(1))
    }

    @Test func theOldestGoSeveralAtATime() {
        var ring = FIMRing(count: 16)
        for number in 0..<16 { ring.add(chunk("text \(number).")) }
        #expect(ring.chunks.count == 16)
        ring.add(chunk("text 16."))
        #expect(ring.chunks.map(\.text) == (5...16).map { "text \($0)." })
        // Then the order stays for a while.
        for number in 17..<21 { ring.add(chunk("text \(number).")) }
        #expect(ring.chunks.first?.text == "text 5.")
        #expect(ring.chunks.count == 16)
    }

    @Test func bytesAreLimited() {
        var ring = FIMRing(bytes: 100)
        ring.add(chunk(String(repeating: "x", count: 200)))
        #expect(ring.chunks.isEmpty)
        for letter in "abcdefgh" { ring.add(chunk(String(repeating: letter, count: 20))) }
        #expect(ring.size <= 100)
        #expect(ring.chunks.map(\.text.first) == ["e", "f", "g", "h"])
        ring.add(chunk(String(repeating: "z", count: 99)))
        #expect(ring.chunks.map(\.text.first) == ["z"])
    }

    @Test(arguments: [("", true), ("abc", true), ("bcd", true), ("d", true), ("abcde", false), ("ce", false)])
    func has(part: String, isThere: Bool) {
        #expect(Array("abcd".utf8).has(Array(part.utf8)) == isThere)
    }
}

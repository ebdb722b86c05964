import Testing

@testable import LocalCodeCore

@Suite struct InfillPlaceTests {
    private func place(_ prefix: String, _ suffix: String = "", client: String = "vim") throws -> InfillPlace? {
        let body: JSONValue = ["input_prefix": .string(prefix), "input_suffix": .string(suffix)]
        return InfillPlace(try JSONView(validating: body.bytes), client: client)
    }

    @Test func typingOnIsTheSameFile() throws {
        let first = try #require(try place("func a() {\n    let x", "\n}\n"))
        #expect(first.isSameFile(as: try #require(try place("func a() {\n    let xy", "\n}\n"))))
        #expect(first.isSameFile(as: try #require(try place("func a() {\n    let xy\n    return", "\n}\n"))))
        #expect(!first.isSameFile(as: try #require(try place("class Other {\n    var y", "\n}\n"))))
        #expect(!first.isSameFile(as: try #require(try place("func a() {\n    let xy", "\n}\n", client: "code"))))
    }

    @Test func anEmptyFileIsTheSameAsLongAsItIsEmpty() throws {
        let first = try #require(try place("i"))
        #expect(first.isSameFile(as: try #require(try place("im"))))
        #expect(!first.isSameFile(as: try #require(try place("import a\nimport b\nx"))))
    }

    @Test func readingAheadIsNoPlace() throws { #expect(try place("", "") == nil) }

    @Test func onlyTheNeighbourhoodCounts() throws {
        let far = "let far = away\n" + String(repeating: "let near = something\n", count: 500)
        let first = try #require(try place(far + "a"))
        #expect(first.lines == ["let near = something"])
    }
}

@Suite struct InfillDeskTests {
    @Test func aNewerRequestEndsTheOlderOne() async throws {
        let desk = InfillDesk()
        let body: JSONValue = ["input_prefix": "func a() {\n    let x", "input_suffix": "\n}\n"]
        let place = try #require(InfillPlace(try JSONView(validating: body.bytes), client: "vim"))
        let (began, begin) = AsyncStream<Void>.makeStream()
        let (endless, open) = AsyncStream<Void>.makeStream()
        defer { open.finish() }
        let older = Task {
            try await desk.run(place) { ticket in
                begin.yield()
                // Until it is cancelled.
                for await _ in endless {}
                if ticket.isSuperseded { throw CancellationError() }
            }
        }
        for await _ in began { break }
        try await desk.run(place) { ticket in #expect(!ticket.isSuperseded) }
        await #expect(throws: CancellationError.self) { try await older.value }
        #expect(desk.count == 0)
    }

    @Test func chunksKeepTheirOrder() {
        let desk = InfillDesk()
        let (one, two, three) = (
            FIMChunk(filename: "1", text: "first text"), FIMChunk(filename: "2", text: "second text"),
            FIMChunk(filename: "3", text: "third text")
        )
        func order(_ chunks: [FIMChunk], _ client: String = "vim") -> [String] {
            desk.context(prefix: "a", suffix: "b", extra: chunks, client: client, budget: .init()).chunks.map(
                \.filename)
        }
        #expect(order([one, two]) == ["1", "2"])
        #expect(order([three, two, one]) == ["1", "2", "3"])
        // One that is sent no more is not told any more, and nobody gets another's order.
        #expect(order([three, two]) == ["2", "3"])
        #expect(order([two, one], "code") == ["2", "1"])
    }

    @Test func withoutAPlaceNothingHappens() async throws {
        let desk = InfillDesk()
        try await desk.run(nil) { _ in #expect(desk.count == 0) }
    }
}

@Suite struct InfillChatTests {
    @Test(arguments: [
        ("x", "x"), ("```\na\nb\n```", "a\nb"), ("```swift\na\n```\n", "a"), ("a ```b``` c", "a ```b``` c"),
        ("```\na", "```\na"),
    ]) func aFenceAroundTheWholeAnswerGoes(text: String, left: String) { #expect(InfillChat.unfenced(text) == left) }
}

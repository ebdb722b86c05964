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
            try await desk.run(place) {
                begin.yield()
                // Until it is cancelled.
                for await _ in endless {}
                try Task.checkCancellation()
            }
        }
        for await _ in began { break }
        try await desk.run(place) {}
        await #expect(throws: InfillSuperseded.self) { try await older.value }
        #expect(desk.count == 0)
    }

    @Test func withoutAPlaceNothingHappens() async throws {
        let desk = InfillDesk()
        try await desk.run(nil) { #expect(desk.count == 0) }
    }
}

@Suite struct InfillChatTests {
    @Test(arguments: [
        ("x", "x"), ("```\na\nb\n```", "a\nb"), ("```swift\na\n```\n", "a"), ("a ```b``` c", "a ```b``` c"),
        ("```\na", "```\na"),
    ]) func aFenceAroundTheWholeAnswerGoes(text: String, left: String) { #expect(InfillChat.unfenced(text) == left) }
}

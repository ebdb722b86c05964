import Testing

@testable import LocalCodeCore

/// An engine that reads 1,000 tokens a second and saves and restores 1 GB a second, with 50 kB of state a token.
private func costs() -> EngineCosts {
    var costs = EngineCosts()
    costs.observe(prefill: 1000, seconds: 1)
    costs.observe(save: 50_000_000, tokens: 1000, seconds: 0.05)
    costs.observe(restore: 50_000_000, seconds: 0.05)
    costs.observe(promptBytes: 4000, tokens: 1000)
    return costs
}

private func chain(_ words: String...) throws -> PrefixChain {
    let system: JSONValue = ["role": "system", "content": .string(String(repeating: words[0], count: 1000))]
    let others = words.dropFirst().map { word -> JSONValue in
        ["role": "user", "content": .string(String(repeating: word, count: 1000))]
    }
    let body: JSONValue = ["messages": .array([system] + others)]
    let chat = try ChatRequest(JSONView(validating: body.bytes), kind: .chat)
    return PrefixChain(chat, fingerprint: SHA256.digest([]))
}

private func content(
    _ chain: PrefixChain, tokens: Int, isStored: Bool = false, isReusable: Bool = true, session: String? = nil,
    used: Double = 0
) -> SlotContent {
    var boundaries = chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) }
    boundaries[boundaries.count - 1].tokens = tokens
    return SlotContent(
        boundaries: boundaries, requestCount: boundaries.count, tokens: tokens, isStored: isStored,
        isReusable: isReusable, session: session, used: used, model: "m", title: "", storedEntry: nil)
}

private func question(
    _ chain: PrefixChain, _ slots: [PlacementQuestion.Slot], stored: [PlacementQuestion.Stored] = [],
    session: String? = nil, canSave: Bool = true
) -> PlacementQuestion {
    PlacementQuestion(
        chain: chain, session: session, slots: slots, stored: stored, costs: costs(), canSave: canSave)
}

@Suite struct PlacementTests {
    @Test func aConversationGoesBackToItsSlot() throws {
        let first = try chain("s", "a")
        let second = try chain("s", "a", "b", "c")
        let placement = question(
            second,
            [
                .init(id: 0, isFree: true, content: nil),
                .init(id: 1, isFree: true, content: content(first, tokens: 2000)),
            ]
        ).answer()
        #expect(placement?.slot == 1)
        #expect(placement?.source == .resident)
        #expect(placement?.expected == TokenCount(2000, floor: 2000))
        #expect(placement?.savesFirst == false)
    }

    @Test func anotherConversationTakesTheEmptySlot() throws {
        let placement = question(
            try chain("t", "x"),
            [
                .init(id: 0, isFree: true, content: content(try chain("s", "a"), tokens: 2000)),
                .init(id: 1, isFree: true, content: nil),
            ]
        ).answer()
        #expect(placement?.slot == 1)
        #expect(placement?.source == .cold)
        #expect(placement?.savesFirst == false)
    }

    @Test func whatIsWorthItIsSavedBeforeItIsOverwritten() throws {
        let slot = PlacementQuestion.Slot(id: 0, isFree: true, content: content(try chain("s", "a"), tokens: 2000))
        let placement = question(try chain("t", "x"), [slot]).answer()
        #expect(placement?.source == .cold)
        #expect(placement?.savesFirst == true)
    }

    @Test func aTitleIsNotSaved() throws {
        let slot = PlacementQuestion.Slot(
            id: 0, isFree: true, content: content(try chain("s", "a"), tokens: 2000, isReusable: false))
        #expect(question(try chain("t", "x"), [slot]).answer()?.savesFirst == false)
    }

    @Test func nothingIsSavedTwice() throws {
        let slot = PlacementQuestion.Slot(
            id: 0, isFree: true, content: content(try chain("s", "a"), tokens: 2000, isStored: true))
        #expect(question(try chain("t", "x"), [slot]).answer()?.savesFirst == false)
    }

    @Test func nothingIsSavedWhereItCannotBe() throws {
        let slot = PlacementQuestion.Slot(id: 0, isFree: true, content: content(try chain("s", "a"), tokens: 2000))
        #expect(question(try chain("t", "x"), [slot], canSave: false).answer()?.savesFirst == false)
    }

    @Test func aStoredStateIsRestoredWhereThatIsFaster() throws {
        let wanted = try chain("s", "a", "b")
        let state = PlacementQuestion.Stored(id: 7, shared: TokenCount(2000, floor: 2000), bytes: 100_000_000)
        let placement = question(wanted, [.init(id: 0, isFree: true, content: nil)], stored: [state]).answer()
        #expect(placement?.source == .stored(7))
        #expect(placement?.expected.count == 2000)
        let slow = PlacementQuestion.Stored(id: 7, shared: TokenCount(2000, floor: 2000), bytes: 10_000_000_000)
        #expect(question(wanted, [.init(id: 0, isFree: true, content: nil)], stored: [slow]).answer()?.source == .cold)
    }

    @Test func ofTwoStatesTheSmallerOneOfTheSameUseIsTaken() throws {
        let wanted = try chain("s", "a", "b")
        let large = PlacementQuestion.Stored(id: 1, shared: TokenCount(1000, floor: 1000), bytes: 200_000_000)
        let small = PlacementQuestion.Stored(id: 2, shared: TokenCount(1000, floor: 1000), bytes: 50_000_000)
        let placement = question(wanted, [.init(id: 0, isFree: true, content: nil)], stored: [large, small]).answer()
        #expect(placement?.source == .stored(2))
    }

    @Test func aSecondSessionCopiesWhatTheFirstHasInItsSlot() throws {
        let placement = question(
            try chain("s", "x"),
            [
                .init(id: 0, isFree: true, content: content(try chain("s", "a", "b", "c"), tokens: 4000)),
                .init(id: 1, isFree: true, content: nil),
            ]
        ).answer()
        #expect(placement?.slot == 1)
        #expect(placement?.source == .copied(from: 0))
        #expect(placement?.savesFirst == false)
    }

    @Test func busySlotsAreNotTaken() throws {
        let first = try chain("s", "a")
        #expect(question(first, [.init(id: 0, isFree: false, content: content(first, tokens: 2000))]).answer() == nil)
    }

    @Test func ofTwoEqualSlotsTheOneUsedLongestAgoIsTaken() throws {
        let older = PlacementQuestion.Slot(
            id: 1, isFree: true, content: content(try chain("s", "a"), tokens: 2000, isStored: true, used: 1))
        let newer = PlacementQuestion.Slot(
            id: 0, isFree: true, content: content(try chain("s", "b"), tokens: 2000, isStored: true, used: 2))
        #expect(question(try chain("t", "x"), [newer, older]).answer()?.slot == 1)
    }

    @Test func aConversationWhoseLastMessageChangedIsNotSavedByItself() throws {
        let before = try chain("s", "a", "b")
        let after = try chain("s", "a", "c")
        let slot = PlacementQuestion.Slot(
            id: 0, isFree: true, content: content(before, tokens: 3000, session: "ses_1"))
        #expect(question(after, [slot], session: "ses_1").answer()?.savesFirst == false)
        #expect(question(after, [slot], session: "ses_2").answer()?.savesFirst == true)
    }
}

@Suite struct TokenCountTests {
    private let digest = SHA256.digest([])

    @Test func knownCountsAreExact() {
        let boundaries = [StateBoundary(digest: digest, bytes: 100, tokens: 30)]
        #expect(TokenCount(upTo: 0, in: boundaries, total: 40) == TokenCount(30, floor: 30))
    }

    @Test func othersAreEstimatedByLengthBetweenTheKnown() {
        let boundaries = [
            StateBoundary(digest: digest, bytes: 100, tokens: 30), StateBoundary(digest: digest, bytes: 200),
            StateBoundary(digest: digest, bytes: 300, tokens: 70),
        ]
        #expect(TokenCount(upTo: 1, in: boundaries, total: 90) == TokenCount(50, floor: 30))
    }

    @Test func theLastOneEndsWithAllTokens() {
        let boundaries = [
            StateBoundary(digest: digest, bytes: 100, tokens: 30), StateBoundary(digest: digest, bytes: 200),
        ]
        #expect(TokenCount(upTo: 1, in: boundaries, total: 90) == TokenCount(90, floor: 30))
    }
}

import Testing

@testable import LocalCodeCore

@Suite("Slots: what a look at one tells")
struct SlotFindingTests {
    /// - Parameter tokens: what the engine says; LocalCode knows of 1,000.
    private func finding(_ tokens: Int?, isProcessing: Bool) -> SlotPool.Finding {
        let content = SlotContent(
            boundaries: [], requestCount: 0, tokens: 1000, isStored: false, isReusable: true, session: nil, used: 0,
            model: "m", title: "")
        let status = LlamaServer.SlotStatus(
            id: 0, context: 4096, isProcessing: isProcessing, isSpeculative: false, tokens: tokens)
        return SlotPool.Finding(status, content)
    }

    @Test(arguments: [984, 1000, 1016]) func whatIsKnownIsThere(tokens: Int) {
        #expect(finding(tokens, isProcessing: false) == .held(tokens))
        #expect(finding(tokens, isProcessing: true) == .busy, "our own answer may still be coming to its end")
    }

    @Test(arguments: [1, 983, 1017, 4000]) func somebodyElseWasThere(tokens: Int) {
        #expect(finding(tokens, isProcessing: false) == .foreign)
        #expect(finding(tokens, isProcessing: true) == .foreign)
    }

    @Test func nothingIsThere() {
        #expect(finding(0, isProcessing: false) == .cleared)
        #expect(finding(nil, isProcessing: false) == .unused)
        #expect(finding(0, isProcessing: true) == .foreign)
        #expect(finding(nil, isProcessing: true) == .foreign)
    }
}

/// Holds the text of a translated stream back, and lets out what `StructuredAnswer` makes of it.
struct StructuredStream: StreamTranslator {
    private var inner: any StreamTranslator
    private var parser: ServerSentEventParser
    private var held: HeldText
    private let settle: @Sendable (_ answer: JSONValue) async throws -> JSONValue

    /// - Parameters:
    ///   - inner: makes OpenAI's chunks of the upstream's events.
    ///   - limit: the most bytes to hold.
    ///   - settle: the answer to give for the one that came.
    init(
        _ inner: any StreamTranslator, limit: Int,
        settle: @escaping @Sendable (_ answer: JSONValue) async throws -> JSONValue
    ) {
        self.inner = inner
        self.settle = settle
        parser = ServerSentEventParser(limit: limit)
        held = HeldText(limit: limit)
    }

    var isFinished: Bool { inner.isFinished }

    mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8] {
        try pass(try await inner.translate(event))
    }

    mutating func end() async throws -> [UInt8] {
        let passed = try pass(try await inner.end())
        let answer = held.answer
        let settled = try await settle(answer)
        guard let text = StructuredAnswer.text(of: settled), text != StructuredAnswer.text(of: answer) else {
            return passed + held.frames
        }
        return passed + held.frames(text: text)
    }

    private mutating func pass(_ bytes: [UInt8]) throws -> [UInt8] {
        var passed: [UInt8] = []
        for event in try parser.push(bytes) where try !held.holds(event) {
            passed += ServerSentEvent.frame(event.data)
        }
        return passed
    }
}

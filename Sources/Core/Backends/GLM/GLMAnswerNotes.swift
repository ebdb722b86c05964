/// Takes down an answer's reasoning, and the text that it will be found by.
struct GLMAnswerNotes: Sendable {
    /// More than any model writes in one answer; longer ones are forgotten.
    private static let limit = 4 << 20

    private let turn: ReasoningMemory.Turn?
    /// The insides of JSON strings, put together as they came: only an answer that is kept is ever decoded.
    private var reasoning: [UInt8] = []
    private var content: [UInt8] = []

    init(turn: ReasoningMemory.Turn?) { self.turn = turn }

    mutating func add(reasoning: JSONView?, content: JSONView?) {
        if let reasoning, reasoning.kind == .string { Self.append(reasoning.text, to: &self.reasoning) }
        // Reasoning comes before the text; without any, there is nothing to find.
        if let content, content.kind == .string, !self.reasoning.isEmpty {
            Self.append(content.text, to: &self.content)
        }
    }

    mutating func add(content text: String) {
        if !text.isEmpty, !reasoning.isEmpty { Self.append(JSONText.quoted(text)[...], to: &content) }
    }

    func entry(toolCalls ids: [String]) -> ReasoningMemory.Entry? {
        guard reasoning.count < Self.limit, content.count < Self.limit, !reasoning.isEmpty else { return nil }
        let keys = ReasoningMemory.keys(toolCalls: ids, text: Self.decode(content), answering: turn)
        return ReasoningMemory.Entry(keys: keys, reasoning: Self.decode(reasoning))
    }

    private static func append(_ literal: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        if bytes.count < limit { bytes.append(contentsOf: literal.dropFirst().dropLast()) }
    }

    private static func decode(_ inside: [UInt8]) -> String {
        let quote = [UInt8(ascii: "\"")]
        return (try? JSONView(validating: quote + inside + quote))?.string ?? ""
    }
}

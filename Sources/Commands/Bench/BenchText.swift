import LocalCodeCore

/// Text that says nothing, in ordinary words and lines: the same for the same name, and different from the first word on for
/// different names.
struct BenchText: Sendable {
    /// Words for each token of the engine's vocabulary; about 0.8 for these words.
    var wordsPerToken: Double

    init(wordsPerToken: Double = 0.8) { self.wordsPerToken = wordsPerToken }

    /// Measures an engine's vocabulary.
    init(measuring engine: EngineClient) throws {
        let count = 2_000
        let answer = try engine.post("/tokenize", ["content": .string(Self.words("measure", count))])
        guard answer.status == 200, let view = try? JSONView(validating: answer.body),
            let tokens = view["tokens"].map({ $0.elements.reduce(0) { sum, _ in sum + 1 } }), tokens > 0
        else { throw Failure("\(engine.endpoint.url) does not count tokens: status \(answer.status)") }
        self.init(wordsPerToken: Double(count) / Double(tokens))
    }

    /// About so many tokens.
    func text(_ name: String, tokens: Int) -> String {
        Self.words(name, max(1, Int((Double(tokens) * wordsPerToken).rounded())))
    }

    private static func words(_ name: String, _ count: Int) -> String {
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), then a xorshift generator (G. Marsaglia, 2003).
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        if state == 0 { state = 1 }
        var text = ""
        for index in 0..<count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            if index > 0 { text += index % 12 == 0 ? ".\n" : " " }
            text += vocabulary[Int(state >> 33) % vocabulary.count]
        }
        return text
    }

    private static let vocabulary = [
        "the", "file", "is", "read", "before", "a", "change", "can", "be", "made", "and", "every", "function",
        "returns",
        "an", "error", "when", "the", "input", "was", "not", "valid", "so", "that", "tests", "show", "where", "it",
        "fails",
        "in", "this", "module", "we", "keep", "state", "of", "each", "request", "until", "its", "answer", "has", "been",
        "sent", "to", "client", "which", "may", "close", "connection", "at", "any", "time", "without", "loss", "data",
        "on", "disk", "memory", "server", "starts", "again", "after", "update", "with", "new", "settings", "from",
        "user",
        "line", "number", "list", "value", "path", "name", "type", "index", "table", "key", "cache", "slot", "token",
    ]
}

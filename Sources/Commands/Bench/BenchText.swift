import LocalCodeCore

/// Text that says nothing, in ordinary words and lines: the same for the same name, and different from the first word on for
/// different names.
struct BenchText: Sendable {
    /// Words for each token of the engine's vocabulary; about 0.8 for these words.
    var wordsPerToken: Double

    init(wordsPerToken: Double = 0.8) { self.wordsPerToken = wordsPerToken }

    /// Measures an engine's vocabulary.
    init(measuring engine: EngineClient) throws {
        let answer = try engine.post("/tokenize", Self.measure)
        self = try Self.measured(engine.endpoint.url, status: answer.status, answer: answer.body)
    }

    /// The same over a socket of its own.
    init(measuring server: LlamaServer) async throws {
        let response = try await server.send("POST", "/tokenize", body: Self.measure.bytes)
        let body = try await response.body.collect(upTo: 4 << 20)
        self = try Self.measured(server.address.name, status: response.status, answer: body)
    }

    private static let measuredWords = 2_000
    private static let measure: JSONValue = ["content": .string(words("measure", measuredWords))]

    private static func measured(_ name: String, status: Int, answer: [UInt8]) throws(Failure) -> BenchText {
        guard status == 200, let view = try? JSONView(validating: answer),
            let tokens = view["tokens"].map({ $0.elements.reduce(0) { sum, _ in sum + 1 } }), tokens > 0
        else { throw Failure("\(name) does not count tokens: status \(status)") }
        return BenchText(wordsPerToken: Double(measuredWords) / Double(tokens))
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

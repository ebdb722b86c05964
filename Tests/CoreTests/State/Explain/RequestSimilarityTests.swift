import LocalCodeCore
import Testing

@Suite("Explain: how alike requests are")
struct RequestSimilarityTests {
    private func request(system: String?, tools: [String], user: [String]) throws -> ChatRequest {
        var messages: [JSONValue] = system.map { [["role": "system", "content": .string($0)]] } ?? []
        messages += user.map { ["role": "user", "content": .string($0)] }
        let body: JSONValue = [
            "messages": .array(messages),
            "tools": .array(tools.map { ["type": "function", "function": ["name": .string($0)]] }),
        ]
        return try ChatRequest(JSONView(validating: body.bytes), kind: .chat)
    }

    @Test("the same is 3, nothing in common is 0")
    func ends() throws {
        let one = try request(system: "You help.", tools: ["a", "b"], user: ["x"])
        #expect(RequestSimilarity(one, one).value == 3)
        let bare = try request(system: nil, tools: [], user: ["x"])
        #expect(RequestSimilarity(bare, bare).value == 3, "both have neither tools nor a system prompt")
        let other = try request(system: "I see.", tools: ["c"], user: ["y"])
        #expect(RequestSimilarity(one, other).value == 0)
    }

    @Test("yesterday's turn is nearer than today's title")
    func title() throws {
        let prompt = String(repeating: "Rules. ", count: 100)
        let now = try request(system: prompt + "Tue", tools: ["a", "b"], user: ["x", "y"])
        let yesterday = try request(system: prompt + "Mon", tools: ["a", "b"], user: ["z"])
        let title = try request(system: "You are a title generator.", tools: [], user: ["x"])
        #expect(RequestSimilarity(yesterday, now) > RequestSimilarity(title, now))
    }

    @Test("a completion is not like a chat")
    func kinds() throws {
        let chat = try request(system: nil, tools: [], user: ["x"])
        func completion(_ prompt: String) throws -> ChatRequest {
            try ChatRequest(JSONView(validating: Array(#"{"prompt":"\#(prompt)"}"#.utf8)), kind: .completion)
        }
        let (short, long) = (try completion("ab"), try completion("abcd"))
        #expect(RequestSimilarity(chat, short).value == -1)
        #expect(RequestSimilarity(short, long).value == 0.5)
    }
}

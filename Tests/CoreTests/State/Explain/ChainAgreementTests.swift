import LocalCodeCore
import Testing

/// The comparison explains a chain, so it must never say otherwise.
@Suite("Explain: agrees with the prefix chain")
struct ChainAgreementTests {
    private static let system = JSONValue.object(["role": "system", "content": "You help."])
    private static let otherSystem = JSONValue.object(["role": "system", "content": "You do not."])
    /// Messages in twos that mean the same to a chain, and one that is like none of them.
    private static let messages: [[JSONValue]] = [
        [["role": "user", "content": "a"], ["content": [["type": "text", "text": "a"]], "role": "user"]],
        [["role": "user", "content": "b"]],
        [
            ["role": "assistant", "content": " x\n", "reasoning_content": "hm", "tool_calls": []],
            ["role": "assistant", "reasoning_content": "hm ", "content": "x"],
        ],
        [["role": "assistant", "content": "x"]],
        [
            [
                "role": "assistant", "content": nil,
                "tool_calls": [
                    [
                        "index": 0, "id": "c", "type": "function",
                        "function": ["name": "f", "arguments": "{ \"b\": 1, \"a\": 2 }"],
                    ]
                ],
            ],
            [
                "role": "assistant",
                "tool_calls": [["id": "c", "function": ["name": "f", "arguments": "{\"a\":2,\"b\":1}"]]],
            ],
        ],
        [["role": "tool", "tool_call_id": "c", "content": "r"]],
    ]
    private static let parameters: [[(String, JSONValue)]] = [
        [], [("tool_choice", "auto"), ("temperature", 1)], [("tool_choice", "required")],
        [("chat_template_kwargs", ["enable_thinking": false])],
    ]
    private static let tools: [JSONValue?] = [
        nil, [], [["type": "function", "function": ["name": "f"]]], [["function": ["name": "f"], "type": "function"]],
        [["type": "function", "function": ["name": "g"]], ["type": "function", "function": ["name": "f"]]],
    ]

    /// A request from numbers: parameters, tools, system, then one a message.
    private func request(_ numbers: [Int], _ generator: inout Generator) throws -> ChatRequest {
        var body = JSONObject()
        for (name, value) in Self.parameters[numbers[0] % Self.parameters.count] { body[name] = value }
        if let tools = Self.tools[numbers[1] % Self.tools.count] { body["tools"] = tools }
        var list = [[], [Self.system], [Self.otherSystem]][numbers[2] % 3]
        for number in numbers[3...] {
            let same = Self.messages[number % Self.messages.count]
            list.append(same[generator.next(same.count)])
        }
        body["messages"] = .array(list)
        return try ChatRequest(JSONView(validating: JSONValue.object(body).bytes), kind: .chat)
    }

    @Test("differences begin where the chains part")
    func agreement() throws {
        var generator = Generator(state: 7)
        let digest = SHA256.digest([1])
        var kinds: Set<Int> = []
        for _ in 0..<1000 {
            let numbers = (0..<(4 + generator.next(4))).map { _ in generator.next(60) }
            // Mostly the same, or nearly every pair would part at once.
            let changed = numbers.prefix(4 + generator.next(4)).map { generator.next(8) == 0 ? generator.next(60) : $0 }
            let earlier = try request(numbers, &generator)
            let later = try request(changed, &generator)
            let (old, new) = (
                PrefixChain(earlier, fingerprint: digest), PrefixChain(later, fingerprint: digest)
            )
            let shared = old.sharedCount(with: new)
            let comparison = RequestComparison(earlier: earlier, later: later)
            let isBeginning = shared > 0 && shared == min(old.boundaries.count, new.boundaries.count)
            #expect(comparison.differences.isEmpty == isBeginning, "\(earlier.body.text) \(later.body.text)")
            if shared > 0, let first = comparison.differences.first {
                let isMessage = if case .message = first.place { true } else { false }
                #expect(isMessage && first.kind != .systemChanged, "\(comparison.differences)")
                let leading = later.messages.prefix { $0.role == "system" }.count
                #expect(comparison.sharedMessages == leading + shared - 1)
            }
            kinds.insert(shared)
        }
        #expect(kinds.isSuperset(of: [0, 1, 2, 3]), "the cases are all there: \(kinds)")
    }
}

/// splitmix64 (https://prng.di.unimi.it/splitmix64.c).
private struct Generator {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}

import LocalCodeCore
import Testing

@Suite struct PrefixChainTests {
    private let fingerprint = SHA256.digest(Array("engine".utf8))

    private func chain(_ body: String, kind: ChatRequest.Kind = .chat, fingerprint: Digest? = nil) throws -> PrefixChain
    {
        let view = try JSONView(validating: Array(body.utf8))
        return PrefixChain(try ChatRequest(view, kind: kind), fingerprint: fingerprint ?? self.fingerprint)
    }

    private func chain(messages: String, _ rest: String = "") throws -> PrefixChain {
        try chain(#"{"model":"m","messages":["# + messages + "]" + rest + "}")
    }

    private let system = #"{"role":"system","content":"You code."}"#
    private let user = #"{"role":"user","content":"Hello"}"#
    private let answer = #"{"role":"assistant","content":"Hi"}"#

    @Test func theDigestsAreThoseOfTheDefinition() throws {
        let tools = #"[{"function":{"name":"f"},"type":"function"}]"#
        let chain = try self.chain(
            messages: #"\#(system),\#(user),\#(answer)"#, #","tool_choice":"required","tools":\#(tools)"#)
        let messages = [
            #"{"content":"You code.","role":"system"}"#, #"{"content":"Hello","role":"user"}"#,
            #"{"content":"Hi","role":"assistant"}"#,
        ]
        let head =
            Array("localcode chat 1\n".utf8) + fingerprint.bytes
            + Array("tool_choice:\"required\"\n\n\(tools)\n\(messages[0])".utf8)
        let first = SHA256.digest(head)
        let second = SHA256.digest(first.bytes + messages[1].utf8)
        let third = SHA256.digest(second.bytes + messages[2].utf8)
        #expect(chain.boundaries.map(\.digest) == [first, second, third])
        #expect(chain.base == first)
        #expect(chain.key == third)
        let counts = messages.map(\.utf8.count)
        let begin = tools.utf8.count + 1 + counts[0]
        #expect(chain.boundaries.map(\.bytes) == [begin, begin + counts[1], begin + counts[1] + counts[2]])
    }

    @Test func aConversationThatGoesOnSharesAllItHad() throws {
        let short = try chain(messages: "\(system),\(user)")
        let long = try chain(messages: "\(system),\(user),\(answer),\(user)")
        #expect(long.sharedCount(with: short) == 2)
        #expect(short.sharedCount(with: long) == 2)
        #expect(Array(long.boundaries.prefix(2)) == short.boundaries)
        let other = try chain(messages: #"\#(system),{"role":"user","content":"Bye"}"#)
        #expect(other.sharedCount(with: short) == 1)
        #expect(other.base == short.base)
        let foreign = try chain(messages: #"{"role":"system","content":"You paint."},\#(user)"#)
        #expect(foreign.sharedCount(with: short) == 0)
    }

    @Test func orderWhiteSpaceAndSpellingMakeNoDifference() throws {
        let one = try chain(#"{"model":"m","messages":[{"role":"user","content":"é\n1"}],"tools":[{"a":1,"b":2.0}]}"#)
        let other = try chain(
            #" { "tools" : [ { "b" : 2 , "a" : 1e0 } ] , "messages" : [ { "content" : "\u00e9\u000a1" , "role":"user"} ] } "#
        )
        #expect(one == other)
    }

    @Test func eachPartOfTheBeginningChangesIt() throws {
        let bodies = [
            #"{"messages":[\#(system),\#(user)]}"#,
            #"{"messages":[\#(system),\#(system),\#(user)]}"#,
            #"{"messages":[{"role":"developer","content":"You code."},\#(user)]}"#,
            #"{"messages":[{"role":"developer","content":"You code."},\#(system),\#(user)]}"#,
            #"{"messages":[\#(user)]}"#,
            #"{"messages":[\#(system),\#(user)],"tools":[{"a":1}]}"#,
            #"{"messages":[\#(system),\#(user)],"tools":[{"a":1},{"b":1}]}"#,
            #"{"messages":[\#(system),\#(user)],"tools":[{"b":1},{"a":1}]}"#,
        ]
        let bases = try bodies.map { try chain($0).base }
        #expect(Set(bases).count == bodies.count)
        let foreign = try chain(bodies[0], fingerprint: SHA256.digest([]))
        #expect(foreign.sharedCount(with: try chain(bodies[0])) == 0)
    }

    @Test func systemMessagesFurtherDownHaveTheirOwnBoundary() throws {
        #expect(try chain(messages: "\(system),\(user),\(system)").boundaries.count == 3)
        #expect(try chain(messages: "\(user),\(system)").boundaries.count == 3)
        #expect(try chain(messages: "\(system),\(system)").boundaries.count == 1)
    }

    // MARK: - Parameters

    @Test(arguments: [
        #""chat_template_kwargs":{"enable_thinking":false}"#, #""reasoning_effort":"high""#,
        #""reasoning_format":"none""#, #""tool_choice":"none""#, #""parallel_tool_calls":true"#,
        #""parallel_tool_calls":false"#, #""add_generation_prompt":false"#, #""continue_final_message":true"#,
        #""response_format":{"type":"json_object"}"#, #""json_schema":{}"#, #""lora":[{"id":0,"scale":0.5}]"#,
        #""lora":[]"#, #""enable_thinking":false"#, #""thinking":{"type":"disabled"}"#,
        #""thinking_budget_tokens":0"#, #""reasoning_budget_tokens":0"#,
    ])
    func whatTheTemplateSeesCounts(_ parameter: String) throws {
        let plain = try chain(messages: "\(system),\(user)")
        let changed = try chain(messages: "\(system),\(user)", "," + parameter)
        #expect(changed.sharedCount(with: plain) == 0)
        // Two with the same are the same.
        #expect(try chain(messages: "\(system),\(user)", "," + parameter) == changed)
    }

    @Test(arguments: [
        #""temperature":0"#, #""top_p":1,"seed":7,"n":1"#, #""stream":true,"stream_options":{"include_usage":true}"#,
        #""max_tokens":5,"max_completion_tokens":6"#, #""model":"another""#, #""stop":["x"],"user":"u","store":false"#,
        #""grammar":"root ::= x","logit_bias":{"1":2},"cache_prompt":false,"id_slot":1"#,
        #""tools":null"#, #""tools":[]"#, #""tool_choice":null"#, #""tool_choice":"auto""#,
        #""tool_choice":"\u0061uto""#, #""chat_template_kwargs":{}"#, #""chat_template_kwargs":null"#,
        #""add_generation_prompt":true"#, #""continue_final_message":false"#, #""response_format":null"#,
        #""response_format":{ "type" : "text" }"#, #""lora":null"#, #""reasoning_effort":null"#,
        // The last one of a name counts.
        #""tool_choice":"none","tool_choice":"auto""#,
    ])
    func whatTheTemplateDoesNotSeeDoesNot(_ parameters: String) throws {
        let plain = try chain(messages: "\(system),\(user)")
        #expect(try chain(messages: "\(system),\(user)", "," + parameters) == plain)
    }

    // MARK: - Limits

    @Test func theLastBoundaryMovesWhenThereAreTooMany() throws {
        let many = Array(repeating: user, count: PrefixChain.limit + 10)
        let chain = try self.chain(messages: many.joined(separator: ","))
        #expect(chain.boundaries.count == PrefixChain.limit)
        let longer = try self.chain(messages: (many + [answer]).joined(separator: ","))
        #expect(longer.boundaries.count == PrefixChain.limit)
        #expect(longer.sharedCount(with: chain) == PrefixChain.limit - 1)
        #expect(longer.key != chain.key)
        #expect(chain.appending(["role": "assistant", "content": "Hi"]) == longer)
    }

    // MARK: - Completions

    @Test func aCompletionHasABoundaryEachStep() throws {
        let text = String(repeating: "0123456789abcdef", count: 3 * PrefixChain.completionStep / 16)
        let chain = try self.chain(#"{"prompt":"\#(text)"}"#, kind: .completion)
        // With its quotes the prompt is two bytes longer.
        #expect(chain.boundaries.map(\.bytes) == [0, 2048, 4096, 6144, 6146])
        let longer = try self.chain(#"{"prompt":"\#(text)more","temperature":1}"#, kind: .completion)
        #expect(longer.sharedCount(with: chain) == 4)
        #expect(longer.key != chain.key)
        let other = try self.chain(#"{"prompt":"x\#(text.dropFirst())"}"#, kind: .completion)
        #expect(other.sharedCount(with: chain) == 1)
        // The rest of it is the same, but stands behind something else.
        #expect(zip(other.boundaries, chain.boundaries).dropFirst().allSatisfy { $0.digest != $1.digest })
        let adapted = try self.chain(#"{"prompt":"\#(text)","lora":[]}"#, kind: .completion)
        #expect(adapted.sharedCount(with: chain) == 0)
        let equal = try self.chain(#"{"prompt":"\#(text)","tool_choice":"none"}"#, kind: .completion)
        #expect(equal == chain)
        #expect(chain.appending("more") == chain)
    }

    @Test func aCompletionOfTokensOrEscapesIsSteppedTheSameWay() throws {
        let tokens = (0..<4000).map { String($0 % 10) }
        let chain = try self.chain(#"{"prompt":[\#(tokens.joined(separator: ","))]}"#, kind: .completion)
        #expect(chain.boundaries.map(\.bytes) == [0, 2048, 4096, 6144, 8001])
        let spaced = try self.chain(#"{"prompt":[ \#(tokens.joined(separator: " , "))]}"#, kind: .completion)
        #expect(spaced == chain)
        let escaped = String(repeating: "\\n", count: 2000)
        let other = String(repeating: "\\u000a", count: 2000)
        #expect(
            try self.chain(#"{"prompt":"\#(escaped)"}"#, kind: .completion)
                == self.chain(#"{"prompt":"\#(other)"}"#, kind: .completion))
    }

    @Test func aChainOfGivenBoundaries() throws {
        let chain = try self.chain(messages: "\(system),\(user),\(answer)")
        let made = PrefixChain(base: chain.boundaries[0], Array(chain.boundaries.dropFirst()))
        #expect(made == chain)
    }
}

import Testing

@testable import LocalCodeCore

@Suite struct RequestKindTests {
    private static let title =
        #"{"role":"system","content":"You are a title generator. You output ONLY a thread title."}"#
    private static let user = #"{"role":"user","content":"hi"}"#

    @Test(arguments: [
        (#""messages":[\#(user)]"#, RequestKind.chat),
        (#""messages":[\#(user)],"tools":[]"#, .chat),
        (#""messages":[\#(user)],"tools":null"#, .chat),
        (#""messages":[\#(user)],"tools":[{"type":"function"}]"#, .turn),
        (#""messages":[\#(title),\#(user)]"#, .title),
        (#""messages":[\#(title),\#(user)],"tools":[{"type":"function"}]"#, .turn),
        (#""messages":[\#(user),\#(title)]"#, .chat),
        (#""messages":[{"role":"user","content":"You are a title generator"}]"#, .chat),
        (#""messages":[{"role":"system","content":[{"type":"text","text":"You are a title generator."}]}]"#, .title),
        (#""messages":[\#(user)],"response_format":{"type":"json_object"}"#, .structured),
        (#""messages":[\#(user)],"response_format":{"type":"json_schema","json_schema":{}}"#, .structured),
        (#""messages":[\#(user)],"response_format":{"type":"text"}"#, .chat),
        (#""messages":[\#(user)],"response_format":null"#, .chat),
        (#""messages":[\#(user)],"grammar":"root ::= \"a\"""#, .structured),
        (#""messages":[\#(user)],"json_schema":{}"#, .structured),
        (#""messages":[\#(user)],"tools":[{}],"response_format":{"type":"json_object"}"#, .turn),
    ])
    func chats(members: String, kind: RequestKind) throws {
        let body = try JSONView(validating: Array("{\(members)}".utf8))
        #expect(RequestClass(headers: [:], body: body).kind == kind)
    }

    @Test func aCompletionIsOne() throws {
        let body = try JSONView(validating: Array(#"{"prompt":"a","grammar":"root ::= \"a\""}"#.utf8))
        #expect(RequestClass(headers: [:], body: body).kind == .completion)
    }
}

@Suite struct UsageTests {
    private func usage(_ timings: String) throws -> Usage {
        var answer = ChatAnswer()
        _ = answer.observe(try JSONView(validating: Array(#"{"timings":\#(timings)}"#.utf8)))
        return answer.usage
    }

    @Test func guessesAreThereWhenTheEngineGuessed() throws {
        let usage = try usage(
            #"{"cache_n":100,"prompt_n":20,"prompt_ms":40,"predicted_n":64,"predicted_ms":800,"draft_n":90,"#
                + #""draft_n_accepted":41,"predicted_per_second":80}"#)
        #expect(usage.drafted == 90 && usage.accepted == 41)
        #expect(usage.decodeSeconds == 0.8 && usage.promptSeconds == 0.04)
        #expect(usage.prompt == 120 && usage.completion == 64)
    }

    @Test func withoutGuessesThereAreNone() throws {
        let usage = try usage(#"{"predicted_n":64,"predicted_ms":800}"#)
        #expect(usage.drafted == nil && usage.accepted == nil)
    }
}

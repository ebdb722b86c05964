import Testing

@testable import LocalCodeCore

@Suite struct ChatRequestTests {
    private func read(_ text: String, _ kind: ChatRequest.Kind = .chat) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(text.utf8)), kind: kind)
    }

    @Test func readsTheFieldsItKnows() throws {
        let request = try read(
            #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":5,"max_completion_tokens":7,"#
                + #""tools":[{}],"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text"}]}]}"#
        )
        #expect(request.model == "m")
        #expect(request.isStreaming)
        #expect(request.includesUsage)
        #expect(request.outputLimit == 7)
        #expect(request.tools?.elements.map(\.kind) == [.object])
        #expect(request.messages.map(\.role) == ["system", "user"])
        #expect(Array(request.messages).last?.content?.kind == .array)
    }

    @Test func whatIsAbsentOrNullHasItsDefault() throws {
        for text in [
            #"{"messages":[{"role":"user"}]}"#,
            #"{"model":null,"stream":null,"tools":null,"max_tokens":null,"temperature":null,"messages":[{"role":"user"}]}"#,
        ] {
            let request = try read(text)
            #expect(request.model == nil)
            #expect(!request.isStreaming)
            #expect(request.tools == nil)
            #expect(request.outputLimit == nil)
            #expect(Array(request.messages).first?.content == nil)
        }
    }

    @Test func theLastOfRepeatedKeysCounts() throws {
        let request = try read(#"{"model":"a","messages":[{"role":"user","role":"tool"}],"mod\u0065l":"b"}"#)
        #expect(request.model == "b")
        #expect(request.messages.map(\.role) == ["tool"])
    }

    @Test(arguments: [
        (#"{}"#, "messages"), (#"{"messages":[]}"#, "messages"), (#"{"messages":{}}"#, "messages"),
        (#"{"messages":[1]}"#, "messages[0]"), (#"{"messages":[{"role":"user"},{"role":1}]}"#, "messages[1].role"),
        (#"{"messages":[{"role":"user"}],"model":1}"#, "model"),
        (#"{"messages":[{"role":"user"}],"stream":"true"}"#, "stream"),
        (#"{"messages":[{"role":"user"}],"tools":{}}"#, "tools"),
        (#"{"messages":[{"role":"user"}],"max_tokens":1.5}"#, "max_tokens"),
        (#"{"messages":[{"role":"user"}],"max_completion_tokens":"1"}"#, "max_completion_tokens"),
        (#"{"messages":[{"role":"user"}],"temperature":"hot"}"#, "temperature"),
        (#"{"messages":[{"role":"user"}],"top_p":[]}"#, "top_p"),
    ])
    func aWrongTypeIsNamed(text: String, param: String) throws {
        let error = #expect(throws: APIError.self) { try read(text) }
        #expect(error?.status == 400)
        #expect(error?.param == param)
    }

    @Test func aCompletionNeedsAPrompt() throws {
        #expect(try read(#"{"prompt":[1,2]}"#, .completion).messages.map(\.role).isEmpty)
        #expect(throws: APIError.self) { try read(#"{"messages":[]}"#, .completion) }
    }
}

@Suite struct APIErrorTests {
    @Test func looksAsOpenAIsDoes() throws {
        let error = APIError(status: 404, message: "no \"x\"\n", param: "model", code: "gone")
        #expect(
            String(decoding: error.body, as: UTF8.self)
                == #"{"error":{"message":"no \"x\"\n","type":"not_found_error","param":"model","code":"gone"}}"#)
        #expect(
            String(decoding: APIError(status: 500, message: "m").body, as: UTF8.self)
                == #"{"error":{"message":"m","type":"server_error","param":null,"code":null}}"#)
    }

    @Test func aFullContextInAStreamIsToldInTheMessageToo() throws {
        let error = APIError(status: 400, message: "too long", code: "context_length_exceeded")
        let outer = try JSONValue(parsing: error.eventData)["error"]
        let inner = try JSONValue(parsing: Array((outer?["message"]?.string ?? "").utf8))
        #expect(outer?["code"]?.string == "context_length_exceeded")
        #expect(inner["type"]?.string == "error")
        #expect(inner["error"]?["code"]?.string == "context_length_exceeded")
        #expect(APIError(status: 400, message: "other").eventData == APIError(status: 400, message: "other").body)
    }
}

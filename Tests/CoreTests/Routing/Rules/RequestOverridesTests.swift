import Testing

@testable import LocalCodeCore

@Suite("Rules: what they set in a body")
struct RequestOverridesTests {
    private func edited(
        _ body: String, kind: ChatRequest.Kind = .chat, _ change: (inout RequestOverrides) -> Void
    ) throws -> String {
        var overrides = RequestOverrides()
        change(&overrides)
        let chat = try ChatRequest(JSONView(validating: Array(body.utf8)), kind: kind)
        return String(decoding: chat.body.editing(overrides.edits(chat)), as: UTF8.self)
    }

    @Test func fieldsAreSetInPlaceAddedAndTakenOut() throws {
        let body = #"{"temperature": 1.0, "messages": [{"role": "user"}], "x": 1, "top_p":0.50}"#
        let result = try edited(body) { $0.fields = ["temperature": 0, "x": nil, "y": nil, "seed": 7, "top_p": 0.5] }
        #expect(result == #"{"temperature": 0, "messages": [{"role": "user"}], "top_p":0.50,"seed":7}"#)
    }

    @Test func whatIsSoAlreadyKeepsItsBytes() throws {
        let body =
            #" {"messages":[{"role":"user"}], "chat_template_kwargs": {"enable_thinking" : false}, "max_tokens":9e0} "#
        let result = try edited(body) {
            $0.reasons = false
            $0.fields = ["max_tokens": 9]
        }
        #expect(result == body)
    }

    @Test func theTwoNamesOfALimitDoNotContradict() throws {
        #expect(
            try edited(#"{"messages":[{"role":"user"}],"max_completion_tokens":9000}"#) {
                $0.fields = ["max_tokens": 5]
            }
                == #"{"messages":[{"role":"user"}],"max_tokens":5}"#)
        #expect(
            try edited(#"{"messages":[{"role":"user"}],"max_tokens":9000}"#) {
                $0.fields = ["max_completion_tokens": 5]
            }
                == #"{"messages":[{"role":"user"}],"max_completion_tokens":5}"#)
    }

    @Test(
        arguments: [
            (
                #"{"messages":[{"role":"user"}]}"#,
                #"{"messages":[{"role":"user"}],"chat_template_kwargs":{"enable_thinking":false}}"#
            ),
            (
                #"{"chat_template_kwargs":{"a": 1,"enable_thinking":true},"messages":[{"role":"user"}]}"#,
                #"{"chat_template_kwargs":{"a":1,"enable_thinking":false},"messages":[{"role":"user"}]}"#
            ),
            (
                #"{"messages":[{"role":"user"}],"thinking":{"type":"enabled","clear_thinking":false},"enable_thinking":true}"#,
                #"{"messages":[{"role":"user"}],"thinking":{"type":"disabled","clear_thinking":false},"enable_thinking":false,"chat_template_kwargs":{"enable_thinking":false}}"#
            ),
            (
                #"{"messages":[{"role":"user"}],"chat_template_kwargs":null}"#,
                #"{"messages":[{"role":"user"}],"chat_template_kwargs":{"enable_thinking":false}}"#
            ),
        ])
    func thinkingIsSwitchedOff(body: String, expected: String) throws {
        #expect(try edited(body) { $0.reasons = false } == expected)
    }

    @Test func andOnAgain() throws {
        let body =
            #"{"messages":[{"role":"user"}],"chat_template_kwargs":{"enable_thinking":false},"thinking":{"type":"disabled"}}"#
        #expect(
            try edited(body) { $0.reasons = true }
                == #"{"messages":[{"role":"user"}],"chat_template_kwargs":{"enable_thinking":true},"thinking":{"type":"enabled"}}"#
        )
    }

    @Test func aTextCompletionHasNoTemplate() throws {
        #expect(try edited(#"{"prompt":"a"}"#, kind: .completion) { $0.reasons = false } == #"{"prompt":"a"}"#)
    }

    @Test func argumentsThatARuleSetsKeepTheirs() throws {
        let result = try edited(#"{"messages":[{"role":"user"}],"chat_template_kwargs":{"b":2}}"#) {
            $0.fields = ["chat_template_kwargs": ["a": 1]]
            $0.reasons = false
        }
        #expect(result == #"{"messages":[{"role":"user"}],"chat_template_kwargs":{"a":1,"enable_thinking":false}}"#)
    }
}

import Testing

@testable import LocalCodeCore

@Suite struct CanonicalMessageTests {
    private func canonical(_ message: String) throws -> String {
        var bytes: [UInt8] = []
        CanonicalMessage.write(try JSONView(validating: Array(message.utf8)), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let calls =
        #""tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]"#
    private static let canonicalCalls = #""tool_calls":[{"function":{"arguments":{"a":1},"name":"f"},"id":"c1"}]"#

    @Test(arguments: [
        "", #""content":null,"#, #""content":"","#, #""content":[],"#, #""content":" \n\t","#,
        #""reasoning_content":"","refusal":null,"annotations":[],"function_call":null,"#,
        #""content":[{"type":"text","text":""}],"#,
    ])
    func whatIsEmptyDoesNotCount(_ members: String) throws {
        let text = try canonical("{" + members + #""role":"assistant","# + Self.calls + "}")
        #expect(text == #"{"role":"assistant",\#(Self.canonicalCalls)}"#)
    }

    @Test(arguments: [
        #""arguments":"{\"a\":1}","name":"f""#, #""name":"f","arguments":" { \"a\" : 1.0 } ""#,
        #""name":"f","arguments":"{\"\\u0061\":1}""#, #""name":"f","arguments":{"a":1}"#,
        #""name":"f","arguments":"{\"a\":0,\"a\":1}""#,
    ])
    func argumentsCountAsTheirJSON(_ function: String) throws {
        for call in [
            #"{"id":"c1","type":"function","function":{\#(function)}}"#, #"{"id":"c1","function":{\#(function)}}"#,
            #"{"index":0,"function":{\#(function)},"id":"c1","type":"function","extra":null}"#,
        ] {
            #expect(
                try canonical(#"{"role":"assistant","tool_calls":[\#(call)]}"#)
                    == #"{"role":"assistant",\#(Self.canonicalCalls)}"#)
        }
    }

    @Test(arguments: [
        #","arguments":"""#, #","arguments":"{}""#, #","arguments":" { } ""#, #","arguments":null"#,
        #","arguments":{}"#, #","arguments":"null""#, "",
    ])
    func noArgumentsCountAsAbsent(_ arguments: String) throws {
        let text = try canonical(
            #"{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"\#(arguments)}}]}"#)
        #expect(text == #"{"role":"assistant","tool_calls":[{"function":{"name":"f"},"id":"c1"}]}"#)
    }

    @Test func brokenArgumentsStandAsTheyAre() throws {
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        for arguments in [#"{\"a\":"#, "not JSON", "{} {}", deep] {
            let text = try canonical(
                #"{"role":"assistant","tool_calls":[{"function":{"arguments":"\#(arguments)","name":"f"}}]}"#)
            #expect(
                text == #"{"role":"assistant","tool_calls":[{"function":{"arguments":"\#(arguments)","name":"f"}}]}"#)
        }
    }

    @Test(arguments: ["user", "system", "tool", "assistant"])
    func onePartOfTextCountsAsThatText(_ role: String) throws {
        for content in [
            #""a\nb""#, #"[{"type":"text","text":"a\nb"}]"#, #"[{"text":"a\u000ab","type":"text"}]"#,
            #"[{"type":"text","text":"a\nb","cache_control":{"type":"ephemeral"}}]"#,
        ] {
            #expect(
                try canonical(#"{"role":"\#(role)","content":\#(content)}"#)
                    == #"{"content":"a\nb","role":"\#(role)"}"#)
        }
    }

    @Test func otherPartsStand() throws {
        let two = #"[{"text":"a","type":"text"},{"text":"b","type":"text"}]"#
        #expect(try canonical(#"{"role":"user","content":\#(two)}"#) == #"{"content":\#(two),"role":"user"}"#)
        let marked = #"[{"type":"text","text":"a"},{"type":"text","cache_control":{},"text":"b"}]"#
        #expect(try canonical(#"{"role":"user","content":\#(marked)}"#) == #"{"content":\#(two),"role":"user"}"#)
        for content in [
            #"[{"image_url":{"url":"data:"},"type":"image_url"}]"#, #"[{"text":"a","title":"t","type":"text"}]"#,
            #"[{"text":1,"type":"text"}]"#, #"["a"]"#, #"{"text":"a"}"#, "7",
        ] {
            #expect(
                try canonical(#"{"role":"user","content":\#(content)}"#) == #"{"content":\#(content),"role":"user"}"#)
        }
    }

    @Test(arguments: [
        (#"a"#, "a"), (#"  a b  "#, "a b"), (#"\n\n a\n\tb\n \n"#, #"a\n\tb"#), (#"a\\n"#, #"a\\n"#),
        (#"a\\\n"#, #"a\\"#), (#"\\n"#, #"\\n"#), (#"\t\r\n x"#, "x"), (#"\"\n"#, #"\""#), (#"a\/\n"#, "a/"),
        (#"\\\\\\n"#, #"\\\\\\n"#), (#"\\\\\\\n"#, #"\\\\\\"#),
    ])
    func anAnswerIsTrimmed(_ content: String, _ trimmed: String) throws {
        for part in [#""\#(content)""#, #"[{"type":"text","text":"\#(content)"}]"#] {
            #expect(
                try canonical(#"{"content":\#(part),"role":"assistant"}"#)
                    == #"{"content":"\#(trimmed)","role":"assistant"}"#)
        }
        #expect(
            try canonical(#"{"role":"assistant","reasoning_content":"\#(content)"}"#)
                == #"{"reasoning_content":"\#(trimmed)","role":"assistant"}"#)
    }

    @Test func whatOthersSayIsNot() throws {
        for role in ["user", "system", "tool"] {
            let message = #"{"content":" a\n","reasoning_content":" b","role":"\#(role)"}"#
            #expect(try canonical(message) == message)
        }
    }

    @Test func unknownMembersCount() throws {
        #expect(
            try canonical(#"{"role":"tool","tool_call_id":"c1","name":"f","x":{"b":1,"a":[]},"cache_control":{}}"#)
                == #"{"name":"f","role":"tool","tool_call_id":"c1","x":{"a":[],"b":1}}"#)
        #expect(
            try canonical(
                #"{"role":"assistant","tool_calls":[{"id":"c","extra":{"s":1}},1],"tool_calls":[{"id":"d"}]}"#)
                == #"{"role":"assistant","tool_calls":[{"id":"d"}]}"#)
        #expect(
            try canonical(#"{"role":"assistant","tool_calls":{"a":1}}"#)
                == #"{"role":"assistant","tool_calls":{"a":1}}"#)
    }

    @Test func aMessageOfVeryManyMembersStandsAsItIs() throws {
        let members = (0..<100).map { #""m\#($0)":null"# }.joined(separator: ",")
        let message = #"{"role":"assistant","content":null,\#(members)}"#
        let whole = CanonicalJSON.bytes(of: try JSONView(validating: Array(message.utf8)))
        #expect(try canonical(message).utf8.elementsEqual(whole))
    }
}

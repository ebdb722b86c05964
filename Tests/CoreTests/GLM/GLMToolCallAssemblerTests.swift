import Testing

@testable import LocalCodeCore

struct GLMToolCallAssemblerTests {
    /// What comes out for pieces that come one by one.
    private func assembled(_ pieces: String...) throws -> [String] {
        var assembler = GLMToolCallAssembler(requestID: "req")
        var out = try pieces.flatMap { assembler.push([try JSONValue(parsing: Array($0.utf8))]) }
        out += assembler.finish()
        return out.map(\.description)
    }

    @Test("index -1 and an object as arguments, as of old 4.5 streams")
    func negativeIndex() throws {
        #expect(
            try assembled(
                #"{"id":"a","index":-1,"type":"function","function":{"name":"f","arguments":{"x":1.0}}}"#,
                #"{"id":"b","index":-1,"function":{"name":"g","arguments":"{\"y\":2}"}}"#)
                == [
                    #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}}"#,
                    #"{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{\"y\":2}"}}"#,
                ])
    }

    @Test("the first piece waits for the name")
    func lateName() throws {
        #expect(
            try assembled(
                #"{"index":0,"id":"a","function":{"name":null,"arguments":null}}"#,
                #"{"index":0,"function":{"arguments":"{\"x\""}}"#,
                #"{"index":0,"function":{"name":"f","arguments":":1}"}}"#,
                #"{"index":0,"function":{"name":"f","arguments":" "}}"#)
                == [
                    #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}"#,
                    #"{"index":0,"function":{"arguments":" "}}"#,
                ])
    }

    @Test("a piece that says nothing makes none")
    func silence() throws {
        #expect(
            try assembled(
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1"}}"#,
                #"{"index":0,"function":{"arguments":""}}"#, #"{"index":0,"id":null,"type":null,"function":null}"#,
                #"{"index":0,"function":{"arguments":"}"}}"#
            ).count == 2)
    }

    @Test("an id that is missing is made")
    func missingID() throws {
        #expect(
            try assembled(#"{"function":{"name":"f","arguments":"{\"x\":"}}"#, #"{"function":{"arguments":"1}"}}"#)
                == [
                    #"{"index":0,"id":"call_req_0","type":"function","function":{"name":"f","arguments":"{\"x\":"}}"#,
                    #"{"index":0,"function":{"arguments":"1}"}}"#,
                ])
    }

    @Test("an empty object is held until it is known to be all", arguments: ["{}", "null", "", " {} "])
    func placeholder(nothing: String) throws {
        let start = "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\(nothing)\"}}"
        let first = #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"#
        #expect(try assembled(start) == [first, #"{"index":0,"function":{"arguments":"{}"}}"#])
        #expect(
            try assembled(start, #"{"index":0,"function":{"arguments":"{\"x\":1}"}}"#)
                == [first, #"{"index":0,"function":{"arguments":"{\"x\":1}"}}"#])
    }

    @Test("another call under the same index is another call")
    func reusedIndex() throws {
        #expect(
            try assembled(
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}"#,
                #"{"index":0,"id":"b","function":{"name":"f","arguments":"{\"x\":2}"}}"#
            ).count == 2)
    }

    @Test("whole calls have what OpenAI's have and no index")
    func whole() throws {
        var assembler = GLMToolCallAssembler(requestID: "req", names: ["a_b": "a.b"])
        let calls: [JSONValue] = [
            ["index": 0, "id": "c1", "type": "function", "function": ["name": "a_b", "arguments": ["x": 1]]],
            ["index": 1, "function": ["name": "g", "arguments": nil]],
        ]
        #expect(
            assembler.whole(calls).map(\.description) == [
                #"{"id":"c1","type":"function","function":{"name":"a.b","arguments":"{\"x\":1}"}}"#,
                #"{"id":"call_req_1","type":"function","function":{"name":"g","arguments":"{}"}}"#,
            ])
    }
}

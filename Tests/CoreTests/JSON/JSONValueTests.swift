import LocalCodeCore
import Testing

private func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

@Suite struct JSONValueTests {
    @Test(arguments: [
        ("{ \"a\" : [ 1.0 , -0, 1e400 ] , \"b\" : { } }", #"{"a":[1.0,-0,1e400],"b":{}}"#),
        (#"["\u0041\/\ud800", "é" ]"#, #"["\u0041\/\ud800","é"]"#),
        (" null ", "null"), ("[]", "[]"), ("[[],[[]],{}]", "[[],[[]],{}]"), ("[{},{\"a\":null}]", "[{},{\"a\":null}]"),
        (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#),
        (#"{"a":1,"\u0061":3}"#, #"{"a":3}"#),
        (#"{"k\n":{"x":[true,false]},"":""}"#, #"{"k\n":{"x":[true,false]},"":""}"#),
    ])
    func writesBackWhatItRead(_ text: String, _ compact: String) throws {
        #expect(String(decoding: try value(text).bytes, as: UTF8.self) == compact)
    }

    @Test func isWrittenAsALiteral() throws {
        let request: JSONValue = [
            "model": "glm-4.7", "stream": true, "n": 1, "temperature": 0.5, "stop": nil,
            "messages": [["role": "user", "content": "a \"quoted\"\nline"], [:]], "tools": [],
        ]
        #expect(
            request.description
                == #"{"model":"glm-4.7","stream":true,"n":1,"temperature":0.5,"stop":null,"#
                + #""messages":[{"role":"user","content":"a \"quoted\"\nline"},{}],"tools":[]}"#)
        #expect(try value(request.description) == request)
        #expect(JSONValue.number(-3).description == "-3")
        #expect(JSONValue.number(Int.min).int == Int.min)
        #expect(JSONValue.number(1e300 * 1e300).isNull)
        #expect(JSONValue.number(Double.leastNonzeroMagnitude).double == Double.leastNonzeroMagnitude)
        let name = "x"
        #expect(("<\(name)>" as JSONValue).string == "<x>")
        #expect(JSONValue.string("abc".dropFirst()).string == "bc")
    }

    @Test func isTakenApart() throws {
        let body = try value(#"{"a":{"b":[10,"x",true,null,1.5]},"s":"\ud83d\ude00"}"#)
        let list = body["a"]?["b"]
        #expect(list?[0]?.int == 10)
        #expect(list?[0]?.double == 10)
        #expect(list?[1]?.string == "x")
        #expect(list?[2]?.bool == true)
        #expect(list?[3]?.isNull == true)
        #expect(list?[4]?.int == nil)
        #expect(list?[4]?.double == 1.5)
        #expect(list?[5] == nil && list?[-1] == nil)
        #expect(list?.array?.count == 5)
        #expect(body["s"]?.string == "😀")
        #expect(body.object?.keys == ["a", "s"])
        #expect(body["x"] == nil && list?["a"] == nil && body[0] == nil)
        #expect(body.array == nil && list?.object == nil && body.string == nil && !body.isNull)
        #expect(body.kind == .object && list?.kind == .array && body["s"]?.kind == .string)
    }

    @Test func changesMembersInPlace() throws {
        var body = try value(#"{"a":1,"b":{"c":2},"d":1e400}"#)
        body["b"]?["c"] = 3
        body["a"] = nil
        body["x"] = ["y": []]
        body["none"] = nil
        #expect(body.description == #"{"b":{"c":3},"d":1e400,"x":{"y":[]}}"#)
        var list: JSONValue = [1]
        list["a"] = 1
        #expect(list == [1])
    }

    @Test func comparesValuesAndNotSpellings() throws {
        #expect(try value(#"{"a":1.0,"b":"\u0041"}"#) == value(#"{"b":"A","a":1}"#))
        #expect(try value("[1e3]") == value("[1000]"))
        #expect(try value("1e400") == value("1e400"))
        #expect(try value("0.10") == value("0.1"))
        for (left, right) in [
            ("1", "2"), ("1", "\"1\""), ("1e400", "1e401"), ("null", "false"), ("true", "false"), ("[1]", "[1,1]"),
            ("[]", "{}"),
            ("{\"a\":1}", "{\"b\":1}"), ("{\"a\":1}", "{\"a\":1,\"b\":1}"), ("9007199254740993", "9007199254740992.0"),
            ("\"e\u{301}\"", "\"\u{E9}\""), ("[[1,2],3]", "[[1,3],3]"), ("1", "1.5"), ("9007199254740993", "1e400"),
        ] {
            #expect(try value(left) != value(right), "\(left) \(right)")
        }
    }

    @Test func goesAsDeepAsTheLimit() throws {
        let text = String(repeating: "[{\"a\":", count: 256) + "1" + String(repeating: "}]", count: 256)
        let deep = try value(text)
        #expect(deep.description == text)
        #expect(try deep == value(text))
    }
}

@Suite struct JSONObjectTests {
    @Test(arguments: [3, 16, 17, 18, 100])
    func keepsOrderAndPlaces(_ count: Int) {
        var object = JSONObject()
        for number in 0..<count { object["k\(number)"] = .number(number) }
        object["k1"] = "new"
        #expect(object.count == count)
        #expect(object.keys == (0..<count).map { "k\($0)" })
        object["k0"] = nil
        object["k\(count)"] = true
        object.append(key: "k1", value: "end")
        #expect(object.keys == (2...count).map { "k\($0)" } + ["k1"])
        #expect(object["k0"] == nil)
        #expect(object["k1"] == "end")
        for number in 2..<count { #expect(object["k\(number)"]?.int == number) }
        for key in object.keys { object[key] = nil }
        #expect(object.isEmpty && object == [:])
    }

    /// Pairs of one name to Unicode: of different length in UTF-8, and of the same.
    @Test(arguments: [("\u{E9}", "e\u{301}"), ("\u{F900}", "\u{8C48}")])
    func tellsApartWhatUnicodeCallsEquivalent(_ one: String, _ other: String) {
        #expect(one == other)
        var object: JSONObject = [one: 1, other: 2]
        #expect(object.count == 2)
        #expect(object[one] == 1)
        for number in 0..<20 { object["k\(number)"] = .number(number) }
        #expect(object[one] == 1)
        #expect(object[other] == 2)
    }

    @Test func lists() {
        let object: JSONObject = ["a": 1, "b": 2, "a": 3]
        #expect(object.map(\.key) == ["a", "b"])
        #expect(object.map(\.value) == [3, 2])
        #expect(object == ["b": 2, "a": 3])
        #expect(object != ["b": 2, "a": 4])
    }
}

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#), ("a", #""a""#), ("\"\\/", #""\"\\/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\u{0}\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""), ("é日😀\u{2028}", "\"é日😀\u{2028}\""),
        ("0123456789abcdef\n0123456789abcdef", #""0123456789abcdef\n0123456789abcdef""#),
    ])
    func quotes(_ string: String, _ literal: String) throws {
        #expect(String(decoding: JSONText.quoted(string), as: UTF8.self) == literal)
        #expect(try JSONView(validating: JSONText.quoted(string)).string == string)
    }

    @Test func isReadBack() throws {
        var generator = JSONGenerator(seed: 7)
        for _ in 0..<2000 {
            let string = generator.string()
            let view = try JSONView(validating: JSONText.quoted(string))
            #expect(view.string.map { Array($0.utf8) } == Array(string.utf8))
            #expect(view.equals(string))
        }
    }
}

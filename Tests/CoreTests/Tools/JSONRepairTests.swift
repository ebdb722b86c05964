import Testing

@testable import LocalCodeCore

@Suite struct JSONRepairTests {
    /// What a text becomes, and one of the repairs that it takes.
    static let texts: [(text: String, json: String, what: String)] = [
        (#"{"a":1,}"#, #"{"a":1}"#, "trailing commas"),
        (#"{"a":[,1,,2,],,"b":3}"#, #"{"a":[1,2],"b":3}"#, "trailing commas"),
        (#"{"a":1 "b":[1 2 , true 3]}"#, #"{"a":1,"b":[1,2,true,3]}"#, "missing commas"),
        (#"{"a":1 and more, "b": true or not}"#, #"{"a":"1 and more","b":"true or not"}"#, "unquoted strings"),
        (#"{"a":"1" "b":["c" "d"]}"#, #"{"a":"1","b":["c","d"]}"#, "missing commas"),
        ("{\"a\":\"1\"\n b: 2}", #"{"a":"1","b":2}"#, "missing commas"),
        (#"{"a" = 1, "b" => 2}"#, #"{"a":1,"b":2}"#, "missing colons"),
        (#"{"a":,"b":}"#, #"{"a":null,"b":null}"#, "missing values"),
        (#"{"a"}"#, #"{"a":null}"#, "missing values"),
        (#"{'a': 'it\'s', 'b': 'say "hi"'}"#, #"{"a":"it's","b":"say \"hi\""}"#, "quotation marks"),
        (#"{“a”: “b”, ‘c’: `d`}"#, #"{"a":"b","c":"d"}"#, "quotation marks"),
        ("{'a': '''x \"y\"\nz''', 'b': ''}", #"{"a":"x \"y\"\nz","b":""}"#, "quotation marks"),
        (#"{"a": "echo "hi", bob", "b": 1}"#, #"{"a":"echo \"hi\", bob","b":1}"#, "quotes within strings"),
        (
            #"{"a": "git commit -m "fix: it"", "b": 1}"#, #"{"a":"git commit -m \"fix: it\"","b":1}"#,
            "quotes within strings"
        ),
        ("{\"a\": \"if x {\n  return \"y\"\n}\"}", #"{"a":"if x {\n  return \"y\"\n}"}"#, "quotes within strings"),
        (#"{"a": "{"k": "v"}", "b": 1}"#, #"{"a":"{\"k\": \"v\"}","b":1}"#, "quotes within strings"),
        ("{\"a\": \"one\ntwo\t\"}", #"{"a":"one\ntwo\t"}"#, "line breaks within strings"),
        (#"{"a": "C:\Users\x, \d+, \u12 \x41"}"#, #"{"a":"C:\\Users\\x, \\d+, \\u12 \u0041"}"#, "invalid escapes"),
        (#"{a: 1, b-c: 2, $d: {e: 3}}"#, #"{"a":1,"b-c":2,"$d":{"e":3}}"#, "unquoted keys"),
        (#"{"a": two words, "b": src/x.swift}"#, #"{"a":"two words","b":"src/x.swift"}"#, "unquoted strings"),
        (
            #"{"a": None, "b": [True, FALSE], "c": undefined}"#, #"{"a":null,"b":[true,false],"c":null}"#,
            "literals of other languages"
        ),
        (
            #"{"a": +3, "b": .5, "c": 1., "d": 007, "e": 0x1F, "f": 1_000, "g": -.5}"#,
            #"{"a":3,"b":0.5,"c":1.0,"d":7,"e":31,"f":1000,"g":-0.5}"#, "spelling of numbers"
        ),
        ("{// one\n\"a\": /* two */ 1 // three\n, \"b\": \"x\" // four\n}", #"{"a":1,"b":"x"}"#, "comments"),
        (#"{"a": [1, {"b": 2}"#, #"{"a":[1,{"b":2}]}"#, "cut off"),
        (#"{"a": [1, 2}"#, #"{"a":[1,2]}"#, "wrong brackets"),
        (#"{"a": {"b": 1], "c": 2}"#, #"{"a":{"b":1},"c":2}"#, "wrong brackets"),
        (#"{"a": "x"#, #"{"a":"x"}"#, "cut off"),
        (#"{"a": 1, "b"#, #"{"a":1}"#, "cut off"),
        (#"{"a": 1, "b":"#, #"{"a":1}"#, "cut off"),
        (#"{"a": {"b": tr"#, #"{"a":{"b":true}}"#, "cut off"),
        (#"{"a": -1.5e"#, #"{"a":-1.5}"#, "cut off"),
        (#"{"a": "x\"#, #"{"a":"x"}"#, "cut off"),
        (#"{"a": "x\u00"#, #"{"a":"x"}"#, "cut off"),
        ("{", "{}", "cut off"),
        ("```json\n{\"a\": 1}\n```", #"{"a":1}"#, "code fence"),
        ("```\n{\"a\": 1}", #"{"a":1}"#, "code fence"),
        ("Here it is:\n```json\n{\"a\": 1}\n```\nDone.", #"{"a":1}"#, "text around the JSON"),
        (#"<tool_call>{"a": 1}</tool_call>"#, #"{"a":1}"#, "text around the JSON"),
        (#"{{"a": 1}}"#, #"{"a":1}"#, "stray text"),
        (#"{}{"a": 1}"#, #"{"a":1}"#, "an empty object before it"),
        (#"{"a": 1}{"b": 2}"#, #"{"a":1}"#, "text around the JSON"),
        (#""a": 1, "b": {"c": 2}}"#, #"{"a":1,"b":{"c":2}}"#, "missing braces"),
        (#""{\"a\": \"b\"}""#, #"{"a":"b"}"#, "JSON in a string"),
        (#""{'a': 1}""#, #"{"a":1}"#, "JSON in a string"),
        (#"{\"a\": \"b\"}"#, #"{"a":"b"}"#, "escaped quotes"),
    ]

    @Test(arguments: texts) func aTextBecomesWhatItWasMeantToBe(text: String, json: String, what: String) throws {
        let found = try #require(JSONRepair.object(text))
        #expect(found.value.description == json)
        #expect(found.what.contains(what), "\(found.what)")
    }

    @Test(arguments: [
        "", "nope", "[1,2]", "7", #""x""#, "null", "Sure: I will do it.", #""{""#.replacing("{", with: "\\"),
    ])
    func whatIsNoObjectIsNone(text: String) { #expect(JSONRepair.object(text) == nil) }

    @Test func anArrayIsOneWhereItIsAllowed() {
        #expect(JSONRepair.container("[1, 'a',]")?.value == [1, "a"])
        #expect(JSONRepair.container("```\n[{a: 1}]\n```")?.value == [["a": 1]])
    }

    /// Number spellings, escapes and the order of members are the model's.
    @Test func aValidObjectStaysAsItIs() throws {
        let text = #"{"b":1.0,"a":"\u0041\/","c":1e2,"b2":[],"d":{"e":null}}"#
        let found = try #require(JSONRepair.object(text))
        #expect(found.value.description == text)
        #expect(found.what.isEmpty)
        #expect(JSONRepair.object(" \n" + text)?.what == [])
    }

    private static let whole =
        #"{"filePath": "/src/é.swift", "edits": [{"old": "a \"b\"\n", "new": "\u00e9", "n": -12.5e3}, {"all": true}], "x": null}"#

    /// Of a text that ends too early, everything that was said before is there.
    @Test func aTextCutAtAnyPlaceIsClosed() throws {
        for length in 1..<Self.whole.count {
            let text = String(Self.whole.prefix(length))
            let found = try #require(JSONRepair.object(text), "\(text)")
            #expect(found.what == [JSONRepair.cutOff], "\(text): \(found.what)")
            if length > 30 { #expect(found.value["filePath"] == "/src/é.swift", "\(text)") }
        }
        #expect(JSONRepair.object(Self.whole)?.what == [])
    }

    /// Whatever is wrong, the answer is JSON or nil, and it comes.
    @Test func anyTextGivesJSONOrNothing() {
        let bytes = Array(Self.whole.utf8)
        for place in bytes.indices {
            for byte in Array(#""'{}[],:\ /`x0"#.utf8) {
                for changed in [
                    bytes[..<place] + [byte] + bytes[place...], bytes[..<place] + [byte] + bytes[(place + 1)...],
                ] {
                    guard let found = JSONRepair.container(String(decoding: changed, as: UTF8.self)) else { continue }
                    #expect((try? JSONView(validating: found.value.bytes)) != nil)
                }
            }
        }
    }

    @Test(arguments: [
        "{", "[", "\"", "'", "1 ", "{\"a\":", "{\"a\": \"", "\",'", "\" , \" x: ", "1 ,, ", "{}", "`", "\\", "/*",
        "{\"a\":[",
        "“", "\"\n\(String(repeating: "x", count: 127))",
    ])
    func hostileTextsTakeTimeInProportion(piece: String) {
        for start in ["", "{\"a\":\"", "{"] {
            let text = start + String(repeating: piece, count: 100_000 / piece.utf8.count)
            if let found = JSONRepair.container(text) { #expect((try? JSONView(validating: found.value.bytes)) != nil) }
        }
    }
}

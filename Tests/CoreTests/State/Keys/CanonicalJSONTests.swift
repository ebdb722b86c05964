import Testing

@testable import LocalCodeCore

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        let view = try JSONView(validating: Array(text.utf8), limits: JSONLimits(depth: .max))
        return String(decoding: CanonicalJSON.bytes(of: view), as: UTF8.self)
    }

    /// RFC 8785, 3.2.2 and 3.2.3, and the files of its reference implementation
    /// (https://github.com/cyberphone/json-canonicalization/tree/master/testdata).
    @Test(arguments: [
        (
            #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#,
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        ),
        (
            #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
                + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
                + "\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        ),
        (
            #"{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ { } ], "A": { }}"#,
            #"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}"#
        ),
        (
            #"{"peach": "This sorting order", "péché": "is wrong according to French","#
                + #""pêche": "but canonicalization MUST", "sin": "ingnore locale"}"#,
            #"{"peach":"This sorting order","péché":"is wrong according to French","#
                + #""pêche":"but canonicalization MUST","sin":"ingnore locale"}"#
        ),
        (#"[ 56, { "d": true, "10": null, "1": [ ] } ]"#, #"[56,{"1":[],"10":null,"d":true}]"#),
        (#"{ "Unnormalized Unicode":"A\u030a" }"#, "{\"Unnormalized Unicode\":\"A\u{30A}\"}"),
        (
            #"""
            {"\u20ac": "Euro Sign", "1": "One", "\u0080": "Control\u007f", "\ud83d\ude02": "Smiley",
             "\u00f6": "Latin Small Letter O With Diaeresis", "\ufb33": "Hebrew Letter Dalet With Dagesh",
             "</script>": "Browser Challenge"}
            """#,
            "{\"1\":\"One\",\"</script>\":\"Browser Challenge\",\"\u{80}\":\"Control\u{7f}\","
                + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😂\":\"Smiley\","
                + "\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        ),
    ])
    func agreesWithThePublishedExamples(_ text: String, _ expected: String) throws {
        #expect(try canonical(text).utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: [
        (#""\u0000\u0008\u0009\u000a\u000b\u000C\u000D\u001F\u0020""#, #""\u0000\b\t\n\u000b\f\r\u001f ""#),
        (#""\/\"\\\b\f\n\r\t""#, #""/\"\\\b\f\n\r\t""#),
        (#""a\/b\\/\/""#, #""a/b\\//""#),
        (#""\u00e9\u65e5\ud83d\ude00\u2028\u007F""#, "\"é日😀\u{2028}\u{7F}\""),
        (#""\\u0041""#, #""\\u0041""#),
        // Halves of pairs: a high one, a low one, two in the wrong order, a high one before a whole pair.
        (#""\uD83D""#, #""\ud83d""#),
        (#""\uDE00x""#, #""\ude00x""#),
        (#""\uDE00\uD83D""#, #""\ude00\ud83d""#),
        (#""\uD83D\uD83D\uDE00""#, #""\ud83d😀""#),
        (#""\uD83D\n""#, #""\ud83d\n""#),
        (#""\uD83D\u0041""#, #""\ud83dA""#),
        (#" true "#, "true"), (#"[]"#, "[]"), (#"[ [ ] , [ [ ] ] ]"#, "[[],[[]]]"), (#"{ }"#, "{}"),
        (#"[{ },{"a":{ }}]"#, #"[{},{"a":{}}]"#),
    ])
    func stringsAndEmptyContainers(_ text: String, _ expected: String) throws {
        #expect(try canonical(text) == expected)
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        (#"{"b":{"x":1},"a":[1],"b":0}"#, #"{"a":[1],"b":0}"#),
        (#"{"a":1,"b":[{"z":1}],"\u0061":{"y":2,"x":1}}"#, #"{"a":{"x":1,"y":2},"b":[{"z":1}]}"#),
        // Not the same names: composed and decomposed, half a pair and the character that takes its place.
        ("{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"e\u{301}\":2,\"\u{E9}\":1}"),
        ("{\"\u{FFFD}\":1,\"\\ud800\":2}", "{\"\\ud800\":2,\"\u{FFFD}\":1}"),
        // U+E000 and U+FFFF come after all characters of two units, escaped or not.
        (
            "{\"\u{FFFF}\":1,\"\u{E000}\":2,\"\u{10000}\":3,\"\u{10FFFF}\":4,\"\u{D7FF}\":5}",
            "{\"\u{D7FF}\":5,\"\u{10000}\":3,\"\u{10FFFF}\":4,\"\u{E000}\":2,\"\u{FFFF}\":1}"
        ),
        (#"{"\uE000":1,"\uD800\uDC00":2}"#, "{\"\u{10000}\":2,\"\u{E000}\":1}"),
        (#"{"a b":1,"a":2,"a\u0000":3,"a!":4,"a\"":5}"#, #"{"a":2,"a\u0000":3,"a b":1,"a!":4,"a\"":5}"#),
    ])
    func namesAreSortedAndTheLastOfOneCounts(_ text: String, _ expected: String) throws {
        #expect(try canonical(text).utf8.elementsEqual(expected.utf8))
    }

    /// Against a slow and plain implementation over a tree.
    @Test func agreesWithATree() throws {
        for seed in 0..<500 {
            var generator = JSONGenerator(seed: seed)
            let model = seed % 3 == 0 ? generator.object() : generator.model()
            let text = generator.text(model)
            let expected = canonicalForm(model)
            let bytes = CanonicalJSON.bytes(of: try JSONView(validating: text))
            #expect(bytes == expected, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
            // The canonical form of the canonical form is itself, and another spelling has the same.
            #expect(CanonicalJSON.bytes(of: try JSONView(validating: bytes)) == expected)
            #expect(CanonicalJSON.bytes(of: try JSONView(validating: generator.text(model))) == expected)
        }
    }

    /// More members than are sorted by insertion, some of them repeated.
    @Test func sortsLargeObjects() throws {
        for seed in 0..<50 {
            var generator = JSONGenerator(seed: seed)
            var members: [(key: String, value: Model)] = []
            for _ in 0..<Int.random(in: 10...80, using: &generator.random) {
                members.append((generator.string(), generator.model(depth: 4)))
                members.append((generator.random.pick(members).key, .bool(true)))
            }
            let model = Model.object(members.shuffled(using: &generator.random))
            let bytes = CanonicalJSON.bytes(of: try JSONView(validating: generator.text(model)))
            #expect(bytes == canonicalForm(model), "seed \(seed)")
        }
    }

    @Test func aPartOfADocumentIsWrittenAlone() throws {
        let view = try JSONView(validating: Array(#" {"a": [1, {"y": 2 , "x": "z"} ] , "b": 3} "#.utf8))
        let part = try #require(view["a"])
        #expect(String(decoding: CanonicalJSON.bytes(of: part), as: UTF8.self) == #"[1,{"x":"z","y":2}]"#)
    }
}

/// A slow and plain implementation.
private func canonicalForm(_ model: Model) -> [UInt8] {
    switch model {
    case .null: return Array("null".utf8)
    case .bool(let bool): return Array("\(bool)".utf8)
    case .number(let text): return CanonicalNumber.text(of: Double(text) ?? .nan)
    case .string(let string): return JSONText.quoted(string)
    case .array(let elements):
        let parts = elements.map { canonicalForm($0) }
        return [0x5B] + parts.joined(separator: [0x2C]) + [0x5D]
    case .object(let members):
        var last: [[UInt16]: Int] = [:]
        for (index, member) in members.enumerated() { last[Array(member.key.utf16)] = index }
        let sorted = last.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { members[$0.value] }
        let parts = sorted.map { JSONText.quoted($0.key) + [0x3A] + canonicalForm($0.value) }
        return [0x7B] + parts.joined(separator: [0x2C]) + [0x7D]
    }
}

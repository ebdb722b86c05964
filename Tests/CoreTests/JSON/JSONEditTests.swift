import LocalCodeCore
import Testing

private func edit(_ text: String, _ edits: [JSONEdit]) throws -> String {
    String(decoding: try view(text).editing(edits), as: UTF8.self)
}

extension JSONEdit {
    fileprivate static func set(_ key: String, _ value: String) -> JSONEdit { .set(key, Array(value.utf8)) }
}

@Suite struct JSONEditTests {
    @Test(arguments: [
        (#"{}"#, #"{"m":1}"#),
        (#"{ }"#, #"{"m":1 }"#),
        (#"{"a":0}"#, #"{"a":0,"m":1}"#),
        ("{\n  \"a\": 0\n}\n", "{\n  \"a\": 0,\"m\":1\n}\n"),
        (#"{"m":0}"#, #"{"m":1}"#),
        (#"{"a":0, "m" : [1,2] ,"b":0}"#, #"{"a":0, "m" : 1 ,"b":0}"#),
        (#"{"m":0,"a":1,"m":2}"#, #"{"a":1,"m":1}"#),
        (#"{"m":0,"m":1,"m":2}"#, #"{"m":1}"#),
        (#"{"m":0 , "a":1 , "m":2}"#, #"{"a":1 , "m":1}"#),
        (#"{"a":1,"m":0,"m":2,"b":3}"#, #"{"a":1,"m":1,"b":3}"#),
        (#"{"\u006d":0}"#, #"{"\u006d":1}"#),
        (#"{"m":0,"\u006D":2}"#, #"{"\u006D":1}"#),
        (#"{"x":{"m":0},"mm":2,"":3}"#, #"{"x":{"m":0},"mm":2,"":3,"m":1}"#),
        ("  {\"m\":0}\r\n", "  {\"m\":1}\r\n"),
    ])
    func sets(_ text: String, _ expected: String) throws {
        #expect(try edit(text, [.set("m", "1")]) == expected)
    }

    @Test(arguments: [
        (#"{}"#, #"{}"#),
        (#"{"m":0}"#, #"{}"#),
        (#"{ "m":0 }"#, #"{  }"#),
        (#"{"m":0,"a":1}"#, #"{"a":1}"#),
        (#"{"a":1,"m":0}"#, #"{"a":1}"#),
        (#"{"a":1 , "m":0 }"#, #"{"a":1 }"#),
        (#"{"a":1,"m":0,"b":2}"#, #"{"a":1,"b":2}"#),
        ("{\n  \"m\": 0,\n  \"a\": 1\n}", "{\n  \"a\": 1\n}"),
        ("{\n  \"a\": 1,\n  \"m\": 0\n}", "{\n  \"a\": 1\n}"),
        (#"{"m":0,"m":1}"#, #"{}"#),
        (#"{"m":0,"a":1,"m":2}"#, #"{"a":1}"#),
        (#"{"m":0,"a":1,"m":2,"m":3,"b":4,"m":5,"m":6}"#, #"{"a":1,"b":4}"#),
        (#"{"\u006d":[{"m":"}"}],"a":"\u006d"}"#, #"{"a":"\u006d"}"#),
        (#"{"a":{"m":0}}"#, #"{"a":{"m":0}}"#),
    ])
    func removes(_ text: String, _ expected: String) throws {
        #expect(try edit(text, [.remove("m")]) == expected)
    }

    @Test func combinesEdits() throws {
        let text = #"{"a":1,"b":2,"c":3}"#
        #expect(try edit(text, [.remove("c"), .set("d", "4")]) == #"{"a":1,"b":2,"d":4}"#)
        #expect(
            try edit(text, [.remove("b"), .remove("c"), .set("d", "4"), .set("e", "5")]) == #"{"a":1,"d":4,"e":5}"#)
        #expect(try edit(text, [.remove("a"), .remove("b"), .remove("c"), .set("d", "4")]) == #"{"d":4}"#)
        #expect(try edit(" { \"a\":1 } ", [.remove("a"), .set("d", "4")]) == " {\"d\":4  } ")
        #expect(try edit(text, [.set("c", "9"), .set("d", "4")]) == #"{"a":1,"b":2,"c":9,"d":4}"#)
        #expect(try edit(text, [.set("a", "8"), .remove("c"), .set("b", "9")]) == #"{"a":8,"b":9}"#)
        #expect(try edit(text, []) == text)
    }

    @Test func letsTheLastEditOfANameCount() throws {
        let text = #"{"a":1,"b":2}"#
        #expect(try edit(text, [.set("a", "8"), .set("a", "9")]) == #"{"a":9,"b":2}"#)
        #expect(try edit(text, [.set("a", "8"), .remove("a")]) == #"{"b":2}"#)
        #expect(try edit(text, [.remove("a"), .set("a", "9")]) == #"{"a":9,"b":2}"#)
        #expect(try edit(text, [.set("c", "8"), .set("d", "7"), .set("c", "9")]) == #"{"a":1,"b":2,"d":7,"c":9}"#)
    }

    @Test func quotesNewKeys() throws {
        #expect(try edit("{}", [.set("a\"\\\n", "1")]) == #"{"a\"\\\n":1}"#)
        #expect(try edit(#"{"a\u0022\\\n":0}"#, [.set("a\"\\\n", "1")]) == #"{"a\u0022\\\n":1}"#)
    }

    @Test func editsOneObjectOfADocument() throws {
        let body = try view(#" {"messages":[ {"role":"user"} ]} "#)
        let message = try #require(body["messages"]?.elements.first { _ in true })
        #expect(String(decoding: message.editing([.set("role", "1")]), as: UTF8.self) == #"{"role":1}"#)
        #expect(try edit("[1] ", [.set("a", "1")]) == "[1] ")
    }

    @Test func leavesManyNamesToATable() throws {
        let members = (0..<3000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let edits = (0..<3000).map { $0 % 2 == 0 ? JSONEdit.remove("k\($0)") : .set("k\($0)", "true") }
        let result = try JSONValue(parsing: try view("{\(members),\"\\u006b1\":7}").editing(edits))
        let object = try #require(result.object)
        #expect(object.count == 1500)
        #expect(object.allSatisfy { $0.value == true })
    }

    /// Any edits on any spelling: the result reads as the model says, and whatever is not the edited members' own text is
    /// found in it unchanged and in order.
    @Test(arguments: 0..<20)
    func keepsEverythingElse(_ seed: Int) throws {
        for round in 0..<50 {
            var generator = JSONGenerator(seed: seed * 1000 + round)
            let model = generator.object()
            let text = generator.space() + generator.text(model) + generator.space()
            let edits = (0..<Int.random(in: 0..<5, using: &generator.random)).map { _ in randomEdit(&generator) }
            let before = try JSONView(validating: text)
            let edited = before.editing(edits)
            let after = try JSONView(validating: edited)

            var expected = JSONValue(before)
            for edit in edits {
                switch edit {
                case .set(let key, let value): expected[key] = try JSONValue(parsing: value)
                case .remove(let key): expected[key] = nil
                }
            }
            #expect(JSONValue(after) == expected, "\(String(decoding: text, as: UTF8.self)) \(edits)")

            let names = edits.map(\.name)
            let isOther = { (member: (key: JSONView, value: JSONView)) in !names.contains { member.key.equals($0) } }
            let kept = before.members.filter(isOther).map { text[$0.key.range.lowerBound..<$0.value.range.upperBound] }
            let found = after.members.filter(isOther).map {
                edited[$0.key.range.lowerBound..<$0.value.range.upperBound]
            }
            #expect(kept == found)
            #expect(text[..<before.range.lowerBound] == edited[..<after.range.lowerBound])
            #expect(text[before.range.upperBound...].elementsEqual(edited[after.range.upperBound...]))
            if kept.count == Array(before.members).count, after.members.filter({ !isOther($0) }).isEmpty {
                #expect(edited == text)
            }
        }
    }

    private func randomEdit(_ generator: inout JSONGenerator) -> JSONEdit {
        let key = generator.random.pick(["a", "b", "model", "stream", "é", "", "new", "\n\"", "日"])
        return generator.random.chance(40) ? .remove(key) : .set(key, generator.text(generator.model(depth: 4)))
    }
}

extension JSONEdit {
    fileprivate var name: String {
        switch self {
        case .set(let key, _), .remove(let key): key
        }
    }
}

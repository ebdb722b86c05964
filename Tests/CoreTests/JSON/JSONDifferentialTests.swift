import Foundation
import LocalCodeCore
import Testing

/// Foundation's parser as a second opinion. Five differences are known: it takes a byte order mark and UTF-16, takes a comma
/// before `]`, refuses half a surrogate pair, refuses numbers beyond a double, and rounds others in the last digit.
private func foundation(_ text: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
}

/// Where the two values differ; nil when they do not.
private func difference(_ view: JSONView, _ other: Any, _ path: String = "$") -> String? {
    switch other {
    case is NSNull:
        return view.isNull ? nil : "\(path): null"
    case let string as String:
        return view.string.map { Array($0.utf8) } == Array(string.utf8) ? nil : "\(path): \(view.source) or \(string)"
    case let array as [Any]:
        let elements = Array(view.elements)
        guard view.kind == .array, elements.count == array.count else { return "\(path): \(elements.count) elements" }
        for (index, (element, other)) in zip(elements, array).enumerated() {
            if let found = difference(element, other, "\(path)[\(index)]") { return found }
        }
        return nil
    case let object as [String: Any]:
        guard view.kind == .object, JSONValue(view).object?.count == object.count else {
            return "\(path): other members"
        }
        for (key, other) in object {
            guard let member = view[key] else { return "\(path): no \(key)" }
            if let found = difference(member, other, "\(path).\(key)") { return found }
        }
        return nil
    case let number as NSNumber:
        if let bool = view.bool { return number.boolValue == bool ? nil : "\(path): \(view.source)" }
        guard view.kind == .number, let double = view.double else { return "\(path): \(view.source) is no number" }
        guard abs(double - number.doubleValue) <= 4 * double.ulp else { return "\(path): \(view.source) or \(number)" }
        if let int = view.int, !view.source.contains(where: { ".eE".contains($0) }), number.intValue != int {
            return "\(path): \(view.source) or \(number)"
        }
        return nil
    default:
        return "\(path): \(other)"
    }
}

@Suite struct JSONDifferentialTests {
    static let corpus = [
        #"{"model":"glm-4.7","messages":[{"role":"system","content":"You are\n\"helpful\" \\ \/ \u00e9 \ud83d\ude00"},{"role":"user","content":[{"type":"text","text":"日本語 😀"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}],"stream":true,"temperature":0.7,"max_tokens":4096,"top_p":1.0,"tools":[{"type":"function","function":{"name":"read","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false}}}],"stop":null,"seed":-1}"#,
        #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"choices":[{"index":0,"delta":{"content":" wor\tld"},"finish_reason":null}],"usage":{"prompt_tokens":12,"prompt_tokens_details":{"cached_tokens":8}}}"#,
        "[1,-1,0,-0,0.0,1.5,-1.5e3,1E+2,1e-2,9007199254740993,12345678901234567890,0.1,3.141592653589793,1e308,5e-324,1e22]",
        "\t\n {\n\t\"a\" : [ ] , \"b\" : { } ,\r\n \"c\" : \"\" } \n", "\"\\u0000\\u001f\\u007f\\u0080\\uffff\"",
        "true", " 12 ",
        "{\"\":{\"\":[[[[{}]]]]}}",
    ]

    @Test(arguments: corpus)
    func agreesOnTheCorpus(_ text: String) throws {
        let view = try view(text)
        let other = try #require(foundation(view.document))
        #expect(difference(view, other) == nil)
    }

    @Test(arguments: 0..<20)
    func agreesOnGeneratedDocuments(_ seed: Int) throws {
        for round in 0..<100 {
            var generator = JSONGenerator(seed: seed * 100 + round)
            generator.repeatsKeys = false
            let text = generator.space() + generator.text(generator.model()) + generator.space()
            let view = try JSONView(validating: text)
            let other = try #require(foundation(text), "\(String(decoding: text, as: UTF8.self))")
            #expect(difference(view, other) == nil, "\(String(decoding: text, as: UTF8.self))")
            let rebuilt = try JSONView(validating: JSONValue(view).bytes)
            #expect(difference(rebuilt, other) == nil)
        }
    }

    @Test(arguments: 0..<10)
    func agreesOnDamagedDocuments(_ seed: Int) throws {
        for round in 0..<200 {
            var generator = JSONGenerator(seed: 50_000 + seed * 1000 + round)
            generator.repeatsKeys = false
            var text = generator.text(.array([generator.model(depth: 3)]))
            let place = Int.random(in: text.indices, using: &generator.random)
            switch generator.random.next() % 3 {
            case 0:
                text[place] = generator.random.pick(Array("\"\\{}[]:,0-.eu a\n".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF])
            case 1: text.remove(at: place)
            default: text.insert(generator.random.pick(Array("\"\\{}[]:,0-.eu a".utf8)), at: place)
            }
            let ours = try? JSONView(validating: text)
            let theirs = foundation(text)
            if ours != nil, theirs == nil, refusesOnPurpose(text) { continue }
            if ours == nil, theirs != nil, fault(in: text)?.reason == "expected a value, found ']'" { continue }
            #expect((ours == nil) == (theirs == nil), "\(String(decoding: text, as: UTF8.self))")
            if let ours, let theirs { #expect(difference(ours, theirs) == nil) }
        }
    }

    /// Whether Foundation may refuse this document: it holds half a surrogate pair, or a number beyond a double.
    private func refusesOnPurpose(_ text: [UInt8]) -> Bool {
        let lowercase = String(decoding: text, as: UTF8.self).lowercased()
        return lowercase.contains("\\ud") || lowercase.contains(/[0-9]e[+]?[0-9]{2}/)
    }

    @Test func differsWhereItIsMeantTo() throws {
        for text in [#""\ud800""#, #"["\udc00\ud800"]"#, "1e400"] {
            #expect(foundation(Array(text.utf8)) == nil)
            #expect(fault(in: Array(text.utf8)) == nil)
        }
        #expect(foundation(Array("[1,]".utf8)) != nil)
        #expect(fault(in: Array("[1,]".utf8)) != nil)
        #expect(foundation([0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) != nil)
        #expect(fault(in: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) != nil)
        let wide: [UInt8] = [0x5B, 0, 0x31, 0, 0x5D, 0]
        #expect(foundation(wide) != nil)
        #expect(fault(in: wide) != nil)
    }
}

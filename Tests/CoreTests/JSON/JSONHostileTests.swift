import LocalCodeCore
import Testing

/// Texts that were made to break a parser. A quadratic step in any of these would take minutes.
@Suite struct JSONHostileTests {
    private static let documents = [
        #"{"model":"glm-4.7","messages":[{"role":"user","content":"a\n\"b\" \u00e9\ud83d\ude00 é日😀"}],"n":-1.5e+10,"x":[true,false,null]}"#,
        " [ 1 , [ ] , { \"a\\\\\" : { } } , \"0123456789abcdef0123456789abcdef\" ] \n",
        "\"\\u1234\\n日本語\"",
        "[0.5e-3,-0,10,{\"\":\"\"}]",
    ].map { Array($0.utf8) }

    @Test(arguments: documents)
    func refusesEveryTruncation(_ document: [UInt8]) throws {
        let whole = try JSONView(validating: document)
        for length in 0..<whole.range.upperBound {
            let error = try #require(fault(in: Array(document[..<length])), "cut at \(length)")
            #expect(error.offset <= length)
        }
    }

    @Test(arguments: documents)
    func survivesEveryCorruptByte(_ document: [UInt8]) {
        for place in document.indices {
            for byte in UInt8.min...UInt8.max {
                var text = document
                text[place] = byte
                guard let view = try? JSONView(validating: text) else { continue }
                exercise(view)
            }
        }
    }

    /// Looks at everything there is; what it finds must be consistent.
    private func exercise(_ view: JSONView) {
        let value = JSONValue(view)
        let again = try? JSONValue(parsing: value.bytes)
        #expect(again == value)
        let edited = view.editing([.set("model", Array("1".utf8)), .remove("messages")])
        let isObject = view.kind == .object
        let result = try? JSONView(validating: edited)
        #expect(result != nil)
        #expect(result?["model"]?.int == (isObject ? 1 : nil))
        #expect(result?["messages"] == nil)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "{\"a\":[", "[0,", "[[],"])
    func stopsAtTheDepthLimit(_ opening: String) throws {
        let unit = Array(opening.utf8)
        let bomb = (0..<1 << 20).map { unit[$0 % unit.count] }
        let error = try #require(fault(in: bomb))
        #expect(error.reason.contains("limit of 512"))
    }

    @Test func holdsAnyDepthInOneBitEach() throws {
        let depth = 1 << 20
        let brackets = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        let view = try JSONView(validating: brackets, limits: JSONLimits(depth: .max))
        #expect(view.elements.map(\.range) == [1..<brackets.count - 1])
        #expect(fault(in: Array(brackets.dropLast()), limits: JSONLimits(depth: .max))?.offset == brackets.count - 1)
    }

    @Test func readsManyMembersInOnePass() throws {
        let count = 20_000
        for name in ["same", "k#", "\\u006bey"] {
            var text = Array("{".utf8)
            for number in 0..<count {
                if number > 0 { text.append(0x2C) }
                text += "\"\(name == "k#" ? "k\(number)" : name)\":\(number)".utf8
            }
            text.append(0x7D)
            let view = try JSONView(validating: text)
            let object = try #require(JSONValue(view).object)
            let isUnique = name == "k#"
            #expect(object.count == (isUnique ? count : 1))
            let key = isUnique ? "k\(count - 1)" : name == "same" ? name : "key"
            #expect(object[key]?.int == count - 1)
            #expect(view[key]?.int == count - 1)
            #expect(Array(view.editing([.remove(key)])).count < text.count)
            #expect(try JSONView(validating: view.editing([.set(key, [0x31])]))[key]?.int == 1)
            if !isUnique { #expect(view.editing([.remove(key)]) == Array("{}".utf8)) }
        }
    }

    @Test func readsBackslashesAndDigitsInOnePass() throws {
        let backslashes = [0x5B, 0x22] + [UInt8](repeating: 0x5C, count: 1 << 20) + [0x22, 0x5D]
        let view = try JSONView(validating: backslashes)
        #expect(view.elements.map { $0.string?.utf8.count } == [1 << 19])
        #expect(fault(in: Array(backslashes.dropFirst(3))) != nil)

        let quotes = [0x5B, 0x22] + Array(repeating: [0x5C, 0x22], count: 1 << 19).joined() + [0x22, 0x5D] as [UInt8]
        #expect(try JSONView(validating: quotes).elements.map { $0.string?.utf8.count } == [1 << 19])

        let digits = [UInt8](repeating: 0x39, count: 1 << 18)
        let number = try JSONView(validating: digits)
        #expect(number.int == nil)
        #expect(number.double == nil)
        let zeros = Array("1".utf8) + [UInt8](repeating: 0x30, count: 1 << 18) + Array("e-262144".utf8)
        #expect(try JSONView(validating: zeros).int == 1)
        #expect(try JSONView(validating: zeros).double == 1)
    }

    @Test(arguments: 0..<8)
    func survivesNoise(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("{}[]\",:\\u0123eE+-. \ntrfalsn\"\"".utf8) + [0xC3, 0xA9, 0xF0, 0x80, 0x00]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<24, using: &random)).map { _ in random.pick(alphabet) }
            if let view = try? JSONView(validating: text) { exercise(view) }
        }
    }
}

import LocalCodeCore
import Testing

func view(_ text: String) throws -> JSONView { try JSONView(validating: Array(text.utf8)) }

extension JSONView {
    var source: String { String(decoding: text, as: UTF8.self) }
}

@Suite struct JSONViewTests {
    @Test func knowsItsKindAndPlace() throws {
        let kinds: [(String, JSONView.Kind)] = [
            (" null ", .null), (" true", .bool), ("false ", .bool), ("-1", .number), ("0", .number),
            (" \"a\"", .string),
            ("[1]\n", .array), ("\n{}", .object),
        ]
        for (text, kind) in kinds {
            let view = try view(text)
            #expect(view.kind == kind)
            let start = text.utf8.prefix { $0 == 0x20 || $0 == 0x0A }.count
            #expect(view.range.lowerBound == start)
            #expect(!view.source.contains(" ") && !view.source.contains("\n"))
            #expect(view.isNull == (kind == .null))
        }
    }

    @Test func walksMembersInOrder() throws {
        let body = try view(
            #"{ "a" : 1 ,"b":[1,{"a":2},"]}"],"a":{"x":{"y":"}"}}, "\u0061":"\"", "":null,"z":-1.5e3 }"#)
        let members = body.members.map { ($0.key.source, $0.value.source) }
        #expect(members.map(\.0) == [#""a""#, #""b""#, #""a""#, #""\u0061""#, #""""#, #""z""#])
        #expect(
            members.map(\.1) == ["1", #"[1,{"a":2},"]}"]"#, #"{"x":{"y":"}"}}"#, #""\"""#, "null", "-1.5e3"])
        #expect(body.elements.map(\.source).isEmpty)
    }

    @Test func walksElementsInOrder() throws {
        let array = try view("[ 1,\"a,]\" , [ [], [2] ],{\"k\":[3]} ,true,null ]")
        #expect(array.elements.map(\.source) == ["1", "\"a,]\"", "[ [], [2] ]", "{\"k\":[3]}", "true", "null"])
        #expect(array.members.map(\.key.source).isEmpty)
        #expect(try view("[]").elements.map(\.source).isEmpty)
        #expect(try view("{ }").members.map(\.key.source).isEmpty)
        #expect(try view("\"[1]\"").elements.map(\.source).isEmpty)
    }

    @Test func findsTheLastMemberOfAName() throws {
        let body = try view(#"{"model":"a","x":{"model":"inner"},"mod\u0065l":"b","modelo":"c","mode":"d"}"#)
        #expect(body["model"]?.source == "\"b\"")
        #expect(body["modelo"]?.string == "c")
        #expect(body["mode"]?.string == "d")
        #expect(body["x"]?["model"]?.string == "inner")
        #expect(body["mod"] == nil)
        #expect(body[""] == nil)
        #expect(try view("[1]")["0"] == nil)
        #expect(try view(#"{"":1}"#)[""]?.int == 1)
    }

    @Test func comparesKeysByScalars() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        let body = try view("{\"\(composed)\":1,\"\(decomposed)\":2,\"\\u00e9\":3}")
        #expect(body[composed]?.int == 3)
        #expect(body[decomposed]?.int == 2)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a""#, "a"), (#""a\nb""#, "a\nb"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u65E5""#, "Aé日"), (#""\u0000""#, "\0"), (#""\ud83d\ude00""#, "😀"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""x\ud800\n""#, "x\u{FFFD}\n"),
        (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud800\u0041""#, "\u{FFFD}A"),
        (#""é\té""#, "é\té"), (#""\\u0041""#, "\\u0041"), (#""\\\"""#, "\\\""), (#""日本\u8a9e""#, "日本語"),
        (#""0123456789abcdef\n0123456789abcdef\n""#, "0123456789abcdef\n0123456789abcdef\n"),
    ])
    func decodesStrings(_ text: String, _ content: String) throws {
        let view = try view(text)
        #expect(view.string.map { Array($0.utf8) } == Array(content.utf8))
        #expect(view.equals(content))
        #expect(!view.equals(content + "x"))
        #expect(!view.equals("x" + content))
        if !content.isEmpty { #expect(!view.equals(String(content.unicodeScalars.dropLast()))) }
        #expect(view.int == nil && view.double == nil && view.bool == nil)
    }

    @Test func skipsStringsThatEndInBackslashes() throws {
        for count in 0..<40 {
            let backslashes = String(repeating: "\\", count: count * 2)
            let array = try view("[\"\(backslashes)\",\"\(backslashes)\\\"]\",7]")
            #expect(array.elements.map(\.source).count == 3)
            #expect(Array(array.elements).last?.int == 7)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("4096.0", 4096), ("1e3", 1000), ("1E+3", 1000), ("1.5e1", 15),
            ("1500e-2", 15), ("0.0", 0), ("0e999999999999999999999", 0), ("-0.0e-5", 0), ("100.000", 100),
            ("12.50e1", 125),
            ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775807.000", Int.max),
            ("922337203685477580.7e1", Int.max), ("9007199254740993", 9_007_199_254_740_993),
            ("0.00000000000000000000000000000000001e35", 1), ("1000000000000000000000000000000e-30", 1),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1.5", nil),
            ("-0.1", nil),
            ("1e-1", nil), ("15e-2", nil), ("1e19", nil), ("1e400", nil), ("1e99999999999999999999", nil),
            ("1e-99999999999999999999", nil),
            ("123456789012345678901234567890", nil), ("1.00000000000000000000000000001", nil),
        ] as [(String, Int?)])
    func readsIntegers(_ text: String, _ value: Int?) throws {
        #expect(try view(text).int == value)
    }

    @Test(
        arguments: [
            ("0", 0), ("1.5", 1.5), ("-2.5e-3", -0.0025), ("1e308", 1e308), ("1e400", nil), ("-1e400", nil),
            ("1e-400", 0),
            ("5e-324", Double.leastNonzeroMagnitude), ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
            ("1.7976931348623159e308", nil),
            ("9007199254740993", 9_007_199_254_740_992), ("0.1", 0.1),
            ("123456789012345678901234567890", 123456789012345678901234567890.0),
        ] as [(String, Double?)])
    func readsDoubles(_ text: String, _ value: Double?) throws {
        #expect(try view(text).double == value)
    }

    @Test func readsBooleans() throws {
        #expect(try view("true").bool == true)
        #expect(try view("false").bool == false)
        #expect(try view("null").bool == nil)
        #expect(try view("1").bool == nil)
        #expect(try view("-0").double?.sign == .minus)
    }

    @Test func sharesTheDocument() throws {
        let bytes = Array(#"{"messages":[{"role":"user"}]}"#.utf8)
        let body = try JSONView(validating: bytes)
        let address = bytes.withUnsafeBufferPointer { $0.baseAddress }
        let role = body["messages"]?.elements.first { _ in true }?["role"]
        #expect(role?.string == "user")
        #expect(role?.document.withUnsafeBufferPointer { $0.baseAddress } == address)
        #expect(role.map { Array(bytes[$0.range]) } == role.map { Array($0.text) })
    }
}

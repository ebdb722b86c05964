import LocalCodeCore
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What is wrong with a text; nil when it is a document.
func fault(in bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError? {
    do {
        _ = try JSONView(validating: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

@Suite struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1.0", "0.1", "-0.1", "1e1", "1E1", "1e+1", "1e-1",
        "1.5e10",
        "0e0", "0e+0", "1e400", "-1e400", "1e-400", "123456789012345678901234567890",
        "0.000000000000000000000000000001",
        "\"\"", "\"a\"", #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0000""#, #""\uABCD\uabcd""#, #""\\u12""#,
        #""\ud83d\ude00""#, #""\ud800""#, #""\udc00""#, #""\udc00\ud800""#, #""\ud800\ud800\udc00""#, #""\ud800x""#,
        "\"\u{7F}\"", "\"é\"", "\"日本語\"", "\"😀\"", "\"\u{2028}\u{2029}\"", "\"\u{10FFFF}\"", "\"\u{FEFF}\"",
        "\"\u{FFFE}\"",
        "[]", "[ ]", "[1]", "[1,2]", "[1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "[null,true,false]", "[\"\"]", " [] ",
        "\t\r\n []\t\r\n ", "[\n]", "[1\n]", "[1\n,2]", "{}", "{ }", "{\"\":0}", "{\"a\":1}", "{ \"a\" : 1 }",
        "{\"a\":1,\"b\":2}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[{}]}}", #"{"\u0061":1}"#, "{\"a\":[]}",
        "[{\"a\":1},{\"a\":2}]",
        "          1", "1          ", "[1,                                2]", #""0123456789abcdef""#,
        #""0123456789abcdef0123456789abcdef\n0123456789abcdef""#,
    ])
    func accepts(_ text: String) throws {
        let view = try JSONView(validating: bytes(text))
        let trimmed = text.unicodeScalars.drop { " \t\r\n".unicodeScalars.contains($0) }
        #expect(String(decoding: view.text, as: UTF8.self).utf8.first == String(trimmed).utf8.first)
        #expect(view.document == bytes(text))
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("\n\t", 2), ("\u{FEFF}1", 0), ("\u{FEFF}", 0), ("\0", 0), ("1\0", 1), ("[1\0]", 2),
        ("tru", 0), ("truE", 0), ("True", 0), ("nul", 0), ("nulll", 4), ("fals", 0), ("nan", 0), ("NaN", 0),
        ("Infinity", 0),
        ("-", 1), ("-a", 1), ("+1", 0), ("01", 0), ("-01", 1), ("00", 0), ("1.", 2), (".1", 0), ("1.e1", 2), ("1e", 2),
        ("1e+", 3), ("1ea", 2), ("1e1.5", 3), ("1.2.3", 3), ("0x1", 1), ("1_000", 1), ("1 2", 2), ("--1", 1),
        ("-Infinity", 1),
        ("１", 0), ("1é", 1), ("é", 0), ("\"", 1), ("\"a", 2), ("\"\\\"", 3), ("'a'", 0), ("\"a\nb\"", 2), ("\"\t\"", 1),
        ("\"\u{0}\"", 1), ("\"\u{1F}\"", 1), ("\"0123456789abcdef\u{1}0123456789\"", 17), (#""\a""#, 2),
        (#""\x41""#, 2),
        (#""\U0041""#, 2), (#""\u""#, 3), (#""\u1""#, 4), (#""\u12""#, 5), (#""\u123""#, 6), (#""\u123g""#, 6),
        (#""\u-123""#, 3), (#""\u 123""#, 3), ("\"\\", 2), ("\"\\u12", 5), ("\"\\\n\"", 2), ("\"a\"b", 3),
        ("\"a\" \"b\"", 4),
        ("[", 1), ("]", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,]", 1), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3),
        ("[1}", 2), ("[\"a\":1]", 4), ("[[]", 3), ("[]]", 2), ("[1]x", 3), ("[1],", 3), ("[/**/]", 1), ("[1]//", 3),
        ("[\u{0B}]", 1),
        ("[\u{A0}]", 1), ("[a]", 1), ("[*]", 1), ("[-]", 2), ("[1:2]", 2), ("[(1)]", 1),
        ("{", 1), ("}", 0), ("{]", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7),
        ("{\"a\":1,}", 7),
        ("{,}", 1), ("{,\"a\":1}", 1), ("{\"a\"}", 4), ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{\"a\"::1}", 5),
        ("{\"a\",1}", 4),
        ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1), ("{null:1}", 1), ("{\"a\":1 \"b\":2}", 7),
        ("{\"a\":1,,\"b\":2}", 7),
        ("{\"a\":1]", 6), ("{\"a\":1}}", 7), ("{\"a\":1}#", 7), ("{\"a\":b}", 5), ("{[]:1}", 1), ("{\"a\":1;}", 6),
        ("{{}}", 1),
    ])
    func rejects(_ text: String, at offset: Int) throws {
        let error = try #require(fault(in: bytes(text)))
        #expect(error.offset == offset)
    }

    @Test(arguments: [
        ("", "the text is empty, a JSON value was expected"),
        ("\u{FEFF}{}", "the text begins with a byte order mark, which JSON does not allow"),
        ("{\"a\" 1}", "expected ':' after a key, found '1'"),
        ("{\"a\": 1", "expected ',' or '}' in an object, found the end of the text"),
        ("[1 2]", "expected ',' or ']' in an array, found '2'"),
        ("{\"a\":1,}", "expected a key in quotes, found '}'"),
        ("[1,]", "expected a value, found ']'"),
        ("[01]", "a number has a leading zero"),
        ("[1.]", "expected a digit in a number, found ']'"),
        ("{} x", "expected the end of the text after the value, found 'x'"),
        ("\"abc", "the text ends inside a string"),
        ("\"a\nb\"", "a string contains a line break, which must be written as an escape"),
        ("\"\u{1}\"", "a string contains the byte 0x01, which must be written as an escape"),
        (#""\q""#, "a backslash in a string is followed by 'q', which is no escape"),
        (#""\u00g0""#, "\\u must be followed by four hexadecimal digits, found 'g'"),
    ])
    func explains(_ text: String, _ reason: String) throws {
        #expect(fault(in: bytes(text))?.reason == reason)
    }

    @Test func countsLinesAndCharacters() throws {
        let error = try #require(fault(in: bytes("{\n  \"é😀\": 1,\n  \"日本\": x\n}")))
        #expect(error.line == 3)
        #expect(error.column == 9)
        #expect(error.description == "expected a value, found 'x' at line 3, column 9 (byte 29)")
    }

    @Test func limitsDepth() throws {
        let limits = JSONLimits(depth: 3)
        #expect(fault(in: bytes("[[[1]]]"), limits: limits) == nil)
        #expect(fault(in: bytes("[[[]],{\"a\":[]}]"), limits: limits) == nil)
        let error = try #require(fault(in: bytes("[{\"a\":[{}]}]"), limits: limits))
        #expect(error.reason == "arrays and objects are nested deeper than the limit of 3")
        #expect(error.offset == 7)
        #expect(fault(in: bytes("1"), limits: JSONLimits(depth: 0)) == nil)
        #expect(fault(in: bytes("[]"), limits: JSONLimits(depth: 0)) != nil)
        let deep = bytes(String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
        #expect(fault(in: deep) == nil)
        #expect(fault(in: bytes("[") + deep + bytes("]")) != nil)
    }

    @Test(arguments: [63, 64, 65, 127, 128, 129, 200])
    func remembersTheKindOfEveryOpenContainer(_ depth: Int) throws {
        var open = ""
        var close = ""
        for level in 0..<depth {
            let isObject = level % 3 == 0
            open += isObject ? "{\"k\":" : "["
            close = (isObject ? "}" : "]") + close
        }
        #expect(fault(in: bytes(open + "1" + close)) == nil)
        for level in 0..<depth {
            var wrong = Array(close.utf8)
            wrong[level] ^= 0x20
            #expect(fault(in: bytes(open + "1") + wrong)?.offset == open.utf8.count + 1 + level)
        }
    }

    @Test func limitsLength() throws {
        #expect(fault(in: bytes("[1]"), limits: JSONLimits(bytes: 3)) == nil)
        let error = try #require(fault(in: bytes("[11]"), limits: JSONLimits(bytes: 3)))
        #expect(error.reason == "the text has 4 bytes, more than the limit of 3")
    }
}

@Suite struct JSONEncodingTests {
    /// Bytes inside a string, and how many of them are right: nil when all are.
    @Test(
        arguments: [
            ([0x80], false), ([0xBF], false), ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xC2], false),
            ([0xC2, 0x7F], false),
            ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xC2, 0xC0], false), ([0xE0, 0x9F, 0xBF], false),
            ([0xE0, 0xA0, 0x80], true),
            ([0xE0, 0xA0], false), ([0xE0, 0xA0, 0x7F], false), ([0xED, 0x9F, 0xBF], true),
            ([0xED, 0xA0, 0x80], false),
            ([0xED, 0xBF, 0xBF], false), ([0xEE, 0x80, 0x80], true), ([0xEF, 0xBF, 0xBF], true),
            ([0xEF, 0xBB, 0xBF], true),
            ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xF0, 0x90, 0x80, 0x80], true), ([0xF0, 0x90, 0x80], false),
            ([0xF4, 0x8F, 0xBF, 0xBF], true), ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false),
            ([0xF8, 0x88, 0x80, 0x80, 0x80], false), ([0xFE], false), ([0xFF], false), ([0xC2, 0x80, 0x80], false),
            ([0xF0, 0x9F, 0x98, 0x80], true), ([0xF0, 0x9F, 0x98, 0xC0], false), ([0xF0, 0xC0, 0x98, 0x80], false),
        ] as [([UInt8], Bool)])
    func checksUTF8(_ content: [UInt8], isValid: Bool) {
        // At every distance from the block border of the scanner, with and without text behind it.
        for before in 0..<20 {
            for after in [0, 1, 20] {
                let text =
                    [0x22] + [UInt8](repeating: 0x61, count: before) + content + [UInt8](repeating: 0x62, count: after)
                    + [0x22]
                #expect((fault(in: text) == nil) == isValid, "\(content) behind \(before), before \(after)")
                if !isValid { #expect(fault(in: text)?.offset ?? 0 > before) }
            }
        }
    }

    @Test func agreesWithTheStandardLibraryOnEveryThreeBytes() {
        for first in UInt8(0x80)...0xFF {
            for second in stride(from: UInt8(0), through: 0xFF, by: 0x10 - 1) {
                for third in [UInt8(0x00), 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] {
                    let content = [first, second, third].map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C ? 0x61 : $0 }
                    let isValid = String(validating: content, as: UTF8.self) != nil
                    #expect((fault(in: [0x22] + content + [0x22]) == nil) == isValid, "\(content)")
                }
            }
        }
    }

    @Test func refusesEveryControlCharacterInAString() {
        for byte in UInt8(0)..<0x20 {
            for before in 0..<18 {
                let text = [0x22] + [UInt8](repeating: 0x61, count: before) + [byte] + Array("0123456789abcdef\"".utf8)
                #expect(fault(in: text)?.offset == before + 1)
            }
        }
    }
}

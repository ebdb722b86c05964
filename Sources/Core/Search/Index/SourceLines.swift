/// The lines of a source text, and what each of them looks like, whatever the language.
struct SourceLines {
    struct Line {
        /// Without the line break.
        var bytes: Range<Int>
        /// Columns of white space before the text, a tab counting as four.
        var indent: Int
        var kind: Kind
    }

    enum Kind {
        case blank
        /// The first line of a function, a type, a heading.
        case definition
        /// A comment or an attribute: it belongs to what follows.
        case attached
        case other
    }

    private(set) var lines: [Line] = []

    /// - Parameter isMarkup: whether `#` begins a heading rather than a comment.
    init(_ text: [UInt8], isMarkup: Bool = false) {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            lines.append(Self.line(text, start..<end, isMarkup))
            start = end + 1
        }
    }

    private static func line(_ text: [UInt8], _ range: Range<Int>, _ isMarkup: Bool) -> Line {
        var place = range.lowerBound
        var indent = 0
        while place < range.upperBound, text[place] == 0x20 || text[place] == 0x09 || text[place] == 0x0D {
            indent += text[place] == 0x09 ? 4 : 1
            place += 1
        }
        let content = text[place..<range.upperBound]
        return Line(bytes: range, indent: indent, kind: kind(content, isIndented: indent > 0, isMarkup))
    }

    private static func kind(_ content: ArraySlice<UInt8>, isIndented: Bool, _ isMarkup: Bool) -> Kind {
        guard let first = content.first else { return .blank }
        switch first {
        case UInt8(ascii: "#"):
            return isMarkup && !isIndented ? .definition : .attached
        case UInt8(ascii: "/"):
            let second = content.dropFirst().first
            return second == UInt8(ascii: "/") || second == UInt8(ascii: "*") ? .attached : .other
        case UInt8(ascii: "@"), UInt8(ascii: "*"): return isMarkup ? .other : .attached
        case UInt8(ascii: "-"): return content.starts(with: "--".utf8) && !isMarkup ? .attached : .other
        default: return !isMarkup && isDefinition(content, isIndented: isIndented) ? .definition : .other
        }
    }

    /// Whether a line looks like the first one of a definition: a keyword behind any number of modifiers, or something with
    /// parentheses that opens a block and is no statement.
    private static func isDefinition(_ content: ArraySlice<UInt8>, isIndented: Bool) -> Bool {
        var rest = content
        var isModified = false
        while let word = nextWord(&rest) {
            if keywords.contains(word) { return true }
            if statements.contains(word) { return false }
            guard modifiers.contains(word) else { break }
            isModified = true
        }
        guard content.contains(UInt8(ascii: "(")), let first = content.first, isLetter(first) else { return false }
        guard let last = content.last(where: { $0 != 0x0D && $0 != 0x20 }) else { return false }
        if last == UInt8(ascii: "{") { return true }
        return last != UInt8(ascii: ";") && last != UInt8(ascii: ",") && (isModified || !isIndented)
    }

    /// The word at the beginning, if there is one.
    private static func nextWord(_ text: inout ArraySlice<UInt8>) -> String? {
        text = text.drop { $0 == 0x20 || $0 == 0x09 }
        let word = text.prefix(while: isLetter)
        guard !word.isEmpty, word.count < 16 else { return nil }
        text = text[word.endIndex...]
        // `public(set)`, `pub(crate)`.
        if text.first == UInt8(ascii: "("), modifiers.contains(String(decoding: word, as: UTF8.self)) {
            text = text.drop { $0 != UInt8(ascii: ")") }.dropFirst()
        }
        return String(decoding: word, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static let keywords: Set<String> = [
        "actor", "class", "def", "defmodule", "defp", "deinit", "enum", "extension", "fn", "fun", "func", "function",
        "impl", "init", "interface", "macro", "module", "namespace", "object", "procedure", "protocol", "record",
        "struct", "sub", "subroutine", "subscript", "trait", "typealias", "typedef", "union",
    ]

    private static let modifiers: Set<String> = [
        "abstract", "async", "const", "constexpr", "convenience", "declare", "default", "export", "extern",
        "fileprivate",
        "final", "indirect", "inline", "internal", "local", "mutating", "nonisolated", "nonmutating", "open",
        "override",
        "partial", "private", "protected", "pub", "public", "required", "sealed", "static", "synchronized", "template",
        "unsafe", "virtual", "void",
    ]

    private static let statements: Set<String> = [
        "await", "case", "catch", "do", "elif", "else", "except", "for", "guard", "if", "let", "match", "repeat",
        "return",
        "select", "switch", "try", "var", "while", "with", "yield",
    ]
}

/// Writes a grammar in the usual form: a rule in one line where it fits, else an alternative a line; comments stay where they are.
public struct GrammarFormat {
    /// How long a line may be, in characters.
    private static let width = 100

    private let words: [GrammarWord]
    /// For each word, how wide all words before it are in one line, with their spaces.
    private var widths: [Int] = []
    /// For each word, how many comments are before it.
    private var comments: [Int] = []
    /// For each `(`, its `)`.
    private var closing: [Int: Int] = [:]

    private var output = ""
    private var column = 0

    /// The text anew; nil where it cannot be parsed.
    public static func format(_ grammar: Grammar) -> String? {
        guard grammar.isParsed else { return nil }
        var format = GrammarFormat(GrammarWord.words(of: grammar))
        return format.run()
    }

    private init(_ words: [GrammarWord]) {
        self.words = words
        var width = 0
        var count = 0
        var open: [Int] = []
        for (index, word) in words.enumerated() {
            widths.append(width)
            comments.append(count)
            if word.kind == .comment { count += 1 }
            if word.kind != .lineEnd { width += word.width + (hasSpace(before: index) ? 1 : 0) }
            if word.kind == .open { open.append(index) }
            if word.kind == .close, let start = open.popLast() { closing[start] = index }
        }
        widths.append(width)
        comments.append(count)
    }

    /// Whether a space is before a word, in one line.
    private func hasSpace(before index: Int) -> Bool {
        switch words[index].kind {
        case .close, .repetition: return false
        default: break
        }
        let before = words[..<index].last { $0.kind != .lineEnd }?.kind
        return before != nil && before != .open
    }

    private mutating func run() -> String {
        var index = 0
        var isEmptyLine = false
        while index < words.count {
            switch words[index].kind {
            case .lineEnd:
                let isDouble = index > 0 && words[index - 1].kind == .lineEnd
                if isDouble, !isEmptyLine, !output.isEmpty {
                    output += "\n"
                    isEmptyLine = true
                }
                index += 1
            case .comment:
                output += words[index].text + "\n"
                isEmptyLine = false
                index += 1
            default:
                index = write(rule: index)
                isEmptyLine = false
            }
        }
        while output.hasSuffix("\n\n") { output.removeLast() }
        return output
    }

    /// Writes a rule.
    /// - Returns: the place behind it.
    private mutating func write(rule start: Int) -> Int {
        var end = start
        var depth = 0
        while end < words.count {
            let word = words[end]
            if word.kind == .open { depth += 1 }
            if word.kind == .close { depth -= 1 }
            if word.kind == .lineEnd, depth == 0, !goesOn(before: end) { break }
            end += 1
        }
        var last = end
        let hasComment = last > start && words[last - 1].kind == .comment && endsRule(before: last - 1)
        if hasComment { last -= 1 }
        put(words[start].text + " ::=")
        let body = start + 2
        let inline = widths[last] - widths[min(body, last)]
        if comments[last] == comments[start], column + 1 + inline <= Self.width {
            writeInline(body, last)
        } else {
            writeBroken(body, last)
        }
        if hasComment { put("  " + words[last].text) }
        output += "\n"
        column = 0
        return end < words.count ? end + 1 : end
    }

    /// Whether a rule goes on in the next line: behind `::=` and `|`, comments or not.
    private func goesOn(before end: Int) -> Bool {
        var index = end - 1
        while index > 0, words[index].kind == .comment || words[index].kind == .lineEnd { index -= 1 }
        return words[index].kind == .bar || words[index].kind == .definition
    }

    private func endsRule(before index: Int) -> Bool { !goesOn(before: index) }

    private mutating func writeInline(_ start: Int, _ end: Int) {
        for index in start..<max(start, end) where words[index].kind != .lineEnd {
            if hasSpace(before: index) { put(" ") }
            put(words[index].text)
        }
    }

    /// An alternative a line, and what is too long in it likewise.
    private mutating func writeBroken(_ start: Int, _ end: Int) {
        var depth = 1
        var index = start
        var isNewLine = true
        while index < end {
            let word = words[index]
            switch word.kind {
            case .lineEnd:
                break
            case .comment:
                let isOwn = index > 0 && words[index - 1].kind == .lineEnd
                if isOwn { breakLine(depth) } else { put("  ") }
                put(word.text)
                isNewLine = true
            case .close:
                depth -= 1
                breakLine(depth)
                put(word.text)
                isNewLine = false
            case .open:
                begin(index, &isNewLine, depth)
                let close = closing[index] ?? end - 1
                let inline = widths[min(close + 1, end)] - widths[index]
                if comments[close] == comments[index], column + inline <= Self.width {
                    put(word.text)
                    writeInline(index + 1, close + 1)
                    index = close
                } else {
                    put(word.text)
                    depth += 1
                    isNewLine = true
                }
            case .bar:
                if isNewLine { begin(index, &isNewLine, depth) } else { put(" ") }
                put(word.text)
                isNewLine = true
            default:
                begin(index, &isNewLine, depth)
                put(word.text)
            }
            index += 1
        }
    }

    /// Goes to where a word begins.
    private mutating func begin(_ index: Int, _ isNewLine: inout Bool, _ depth: Int) {
        if isNewLine, words[index].kind != .repetition {
            breakLine(depth)
        } else if hasSpace(before: index) {
            put(" ")
        }
        isNewLine = false
    }

    private mutating func breakLine(_ depth: Int) {
        output += "\n" + String(repeating: "  ", count: min(depth, 20))
        column = 2 * depth
    }

    private mutating func put(_ text: String) {
        output += text
        column += text.unicodeScalars.count
    }
}

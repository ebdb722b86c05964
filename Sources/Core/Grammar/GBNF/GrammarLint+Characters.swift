/// Classes and texts that are not what they look like.
extension GrammarLint {
    mutating func checkCharacters() {
        for body in grammar.bodies.indices {
            for index in grammar.bodies[body].elements {
                let element = grammar.elements[Int(index)]
                let range = Int(element.low)..<Int(max(element.low, element.high))
                switch element.kind {
                case .literal: checkLiteral(range, in: body, at: Int(element.offset))
                case .set, .negatedSet:
                    checkSet(range, isNegated: element.kind == .negatedSet, in: body, at: Int(element.offset))
                default: break
                }
            }
        }
    }

    private mutating func checkLiteral(_ range: Range<Int>, in body: Int, at offset: Int) {
        // What stands for itself is in order: UTF-8 has no surrogates.
        guard grammar.text[range].contains(Byte.backslash) else { return }
        let characters = GrammarCharacters.literal(grammar.text, range)
        if let index = characters.firstIndex(where: { !CodePoints.isWritable($0) }) {
            let value = characters[index]
            report(
                "no model can write \(Self.describe(value)): llama-server ends the answer with an error there",
                in: body,
                at: offset, hint: Self.surrogatePair(characters[index...]))
        }
        let pairs = zip(characters, characters.dropFirst())
        if pairs.contains(where: { 0xC2...0xF4 ~= $0 && 0x80...0xBF ~= $1 }), findings.takesWarnings {
            findings.warn(
                "'\\x80' and above are code points, not bytes of UTF-8", at: offset,
                hint: "write the character itself, or \\uHHHH")
        }
    }

    private mutating func checkSet(_ range: Range<Int>, isNegated: Bool, in body: Int, at offset: Int) {
        if range.isEmpty {
            return findings.warn(
                "an empty class stands for the empty text", at: offset,
                hint: isNegated ? "'.' is any character" : nil)
        }
        let ranges = GrammarCharacters.ranges(grammar.text, range)
        let isBackwards = ranges.contains { $0.low > $0.high }
        if CodePoints(ranges, negated: isNegated).isEmpty {
            return report(
                isBackwards
                    ? "the range of this class runs backwards and matches nothing: llama-server ends the answer with an error there"
                    : "this class matches nothing that a model can write: llama-server ends the answer with an error there",
                in: body, at: offset, hint: isBackwards ? "write the lower end first" : nil)
        }
        if isBackwards, findings.takesWarnings {
            findings.warn(
                "a range of this class runs backwards and matches nothing", at: offset,
                hint: "write the lower end first")
        }
    }

    private static func describe(_ value: UInt32) -> String {
        switch value {
        case 0: "NUL"
        case 0xD800...0xDFFF: "half a surrogate pair"
        default: "a character behind U+10FFFF"
        }
    }

    /// How the character is written that two halves, as in JSON, were meant to be.
    private static func surrogatePair(_ characters: ArraySlice<UInt32>) -> String? {
        guard characters.count > 1, let high = characters.first, 0xD800...0xDBFF ~= high,
            case let low = characters[characters.startIndex + 1], 0xDC00...0xDFFF ~= low
        else { return nil }
        let value = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        let digits = String(value, radix: 16, uppercase: true)
        return "write \\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// Writes pieces of GBNF.
enum GrammarPiece {
    /// A literal.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escaped(scalar, also: "\"") }
        return result + "\""
    }

    /// A class of characters; a set of one is a literal.
    static func characters(_ set: ScalarSet) -> String {
        if set.ranges.count == 1, set.ranges[0].count == 1, let scalar = Unicode.Scalar(set.ranges[0].lowerBound) {
            return literal(String(scalar))
        }
        // What leaves out little is shorter the other way round.
        let inverted = set.inverted
        let isInverted = inverted.ranges.count < set.ranges.count
        let ranges = isInverted ? inverted.ranges : set.ranges
        let parts = ranges.map { range in
            let ends = range.count == 1 ? [range.lowerBound] : [range.lowerBound, range.upperBound]
            let separator = range.count == 2 ? "" : "-"
            return ends.compactMap { Unicode.Scalar($0) }.map { escaped($0, also: "[]-^") }.joined(separator: separator)
        }
        return "[\(isInverted ? "^" : "")\(parts.joined())]"
    }

    /// A repetition of an item, which is a name, a class, a literal or in parentheses.
    static func repeated(_ item: String, _ min: Int, _ max: Int?) -> String {
        switch (min, max) {
        case (0, nil): "\(item)*"
        case (1, nil): "\(item)+"
        case (0, 1): "\(item)?"
        case (1, 1): item
        case (_, nil): "\(item){\(min),}"
        case (_, let max?): min == max ? "\(item){\(min)}" : "\(item){\(min),\(max)}"
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar, also special: String) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\\": return "\\\\"
        case "^" where special.contains("^"): return "\\x5E"
        case _ where special.unicodeScalars.contains(scalar): return "\\\(scalar)"
        case "\u{20}"..."\u{7E}": return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
            return "\\\(letter)\(String(repeating: "0", count: width - digits.count))\(digits)"
        }
    }
}

/// Reads regular expressions as ECMA-262 spells them, with the `u` flag's code points and without its strictness.
struct SchemaPatternParser {
    private let source: [UInt32]
    private var index = 0
    private var depth = 0

    /// How deep groups may stand inside each other.
    private static let depthLimit = 100
    /// The largest number in `{m,n}`.
    private static let countLimit = 100_000

    init(_ source: String) { self.source = source.unicodeScalars.map(\.value) }

    mutating func parse() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        let node = try choice()
        if index < source.count { throw invalid("unbalanced parentheses") }
        return node
    }

    private mutating func choice() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        var parts: [SchemaPattern.Node] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            parts.append(try repetition(of: try atom()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition(of node: SchemaPattern.Node) throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        var node = node
        while let counts = try counts() {
            switch node {
            case .start, .end, .border: throw invalid("nothing to repeat")
            default: break
            }
            // Whether as much or as little as possible is taken makes no difference to what fits.
            _ = take("?")
            node = .repeated(node, min: counts.min, max: counts.max)
        }
        return node
    }

    private mutating func counts() throws(SchemaPattern.Problem) -> (min: Int, max: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = index
        guard take("{") else { return nil }
        // Braces that hold no counts stand for themselves.
        guard let min = try number() else {
            index = start
            return nil
        }
        var max: Int? = min
        if take(",") { max = try number() }
        guard take("}") else {
            index = start
            return nil
        }
        if let max, max < min { throw invalid("numbers out of order in {\(min),\(max)}") }
        return (min, max)
    }

    private mutating func number() throws(SchemaPattern.Problem) -> Int? {
        var value: Int?
        while index < source.count, ScalarSet.digits.contains(source[index]) {
            value = (value ?? 0) * 10 + Int(source[index] - 0x30)
            index += 1
            if value ?? 0 > Self.countLimit { throw unsupported("a repetition of more than \(Self.countLimit)") }
        }
        return value
    }

    private mutating func atom() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        let scalar = source[index]
        index += 1
        switch Unicode.Scalar(scalar) {
        case ".": return .set(ScalarSet.lineEnds.inverted)
        case "^": return .start
        case "$": return .end
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "*", "+", "?": throw invalid("nothing to repeat")
        case "{":
            // `{` stands for itself, unless counts follow.
            index -= 1
            if try counts() != nil { throw invalid("nothing to repeat") }
            index += 1
            return .set(ScalarSet(scalar))
        case "\\": return try escape()
        default: return .set(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw unsupported("groups nested deeper than \(Self.depthLimit)") }
        if take("?") {
            if take("=") || take("!") { throw unsupported("look-ahead") }
            if take("<") {
                if take("=") || take("!") { throw unsupported("look-behind") }
                while let scalar = peek, scalar != ">" { index += 1 }
                guard take(">") else { throw invalid("the name of a group has no end") }
            } else if !take(":") {
                throw unsupported("this kind of group")
            }
        }
        let node = try choice()
        guard take(")") else { throw invalid("a '(' without ')'") }
        return node
    }

    private mutating func escape() throws(SchemaPattern.Problem) -> SchemaPattern.Node {
        guard index < source.count else { throw invalid("a backslash at the end") }
        switch source[index] {
        case 0x42, 0x62:
            index += 1
            return .border(isInverted: source[index - 1] == 0x42)
        case 0x31...0x39, 0x6B: throw unsupported("a back reference")
        default: return .set(try escapedSet())
        }
    }

    /// What an escape stands for, behind the backslash; the same inside and outside of classes.
    private mutating func escapedSet() throws(SchemaPattern.Problem) -> ScalarSet {
        guard index < source.count else { throw invalid("a backslash at the end") }
        let scalar = source[index]
        index += 1
        switch Unicode.Scalar(scalar) {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "p", "P": throw unsupported("\\p{…}")
        case "t": return ScalarSet(0x09)
        case "n": return ScalarSet(0x0A)
        case "v": return ScalarSet(0x0B)
        case "f": return ScalarSet(0x0C)
        case "r": return ScalarSet(0x0D)
        case "0": return ScalarSet(0)
        case "c":
            guard let letter = peek, letter.isASCII, letter.properties.isAlphabetic else {
                throw invalid("'\\c' without a letter")
            }
            index += 1
            return ScalarSet(letter.value & 0x1F)
        case "x": return ScalarSet(try hexadecimal(2))
        case "u": return ScalarSet(try unicode())
        default: return ScalarSet(scalar)
        }
    }

    private mutating func unicode() throws(SchemaPattern.Problem) -> UInt32 {
        if take("{") {
            var value: UInt32 = 0
            while let digit = peek.flatMap({ $0.isASCII ? hexValue(UInt8($0.value)) : nil }), value <= 0x10FFFF {
                value = value << 4 | digit
                index += 1
            }
            guard take("}"), value <= 0x10FFFF else { throw invalid("'\\u{' without a code point and '}'") }
            return value
        }
        let unit = try hexadecimal(4)
        guard unit & 0xFC00 == 0xD800, index + 1 < source.count, source[index] == 0x5C, source[index + 1] == 0x75 else {
            return unit
        }
        let start = index
        index += 2
        let low = try hexadecimal(4)
        guard low & 0xFC00 == 0xDC00 else {
            index = start
            return unit
        }
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func hexadecimal(_ count: Int) throws(SchemaPattern.Problem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek.flatMap({ $0.isASCII ? hexValue(UInt8($0.value)) : nil }) else {
                throw invalid("an escape without its \(count) hexadecimal digits")
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private mutating func characterClass() throws(SchemaPattern.Problem) -> ScalarSet {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while true {
            guard index < source.count else { throw invalid("a '[' without ']'") }
            if take("]") { break }
            let low = try classMember()
            guard let first = single(low), peek == "-", index + 1 < source.count, source[index + 1] != 0x5D else {
                ranges += low.ranges
                continue
            }
            index += 1
            let high = try classMember()
            guard let last = single(high) else {
                ranges += low.ranges + [0x2D...0x2D] + high.ranges
                continue
            }
            guard first <= last else { throw invalid("a range whose end comes before its beginning") }
            ranges.append(first...last)
        }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func classMember() throws(SchemaPattern.Problem) -> ScalarSet {
        guard index < source.count else { throw invalid("a '[' without ']'") }
        let scalar = source[index]
        index += 1
        guard scalar == 0x5C else { return ScalarSet(scalar) }
        if take("b") { return ScalarSet(0x08) }
        return try escapedSet()
    }

    private func single(_ set: ScalarSet) -> UInt32? {
        guard set.ranges.count == 1, set.ranges[0].count == 1 else { return nil }
        return set.ranges[0].lowerBound
    }

    private var peek: Unicode.Scalar? { index < source.count ? Unicode.Scalar(source[index]) : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard index < source.count, source[index] == scalar.value else { return false }
        index += 1
        return true
    }

    private func invalid(_ reason: String) -> SchemaPattern.Problem {
        SchemaPattern.Problem(reason: reason, isUnsupported: false)
    }

    private func unsupported(_ what: String) -> SchemaPattern.Problem {
        SchemaPattern.Problem(reason: "\(what) is not supported", isUnsupported: true)
    }
}

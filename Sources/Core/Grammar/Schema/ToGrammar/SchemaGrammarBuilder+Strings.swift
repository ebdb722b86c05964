extension SchemaGrammarBuilder {
    /// How often something is repeated at most. llama-server's limit is 2,000, but what is around a repetition may count.
    private static let repetitionLimit = 1_990

    /// What stands in a string without a backslash, and the escapes that are as short as this.
    private static let plain = ScalarSet([0x00...0x1F, 0x22...0x22, 0x5C...0x5C]).inverted
    private static let shortEscapes: [(scalar: UInt32, text: String)] = [
        (0x22, #"\""#), (0x5C, #"\\"#), (0x08, #"\b"#), (0x0C, #"\f"#), (0x0A, #"\n"#), (0x0D, #"\r"#), (0x09, #"\t"#),
    ]

    /// The other characters that need an escape.
    private static let longEscapes = ScalarSet([0x00...0x07, 0x0B...0x0B, 0x0E...0x1F])

    /// The strings of a goal, quotes included; nil if there are none.
    mutating func stringText(_ nodes: [Int], _ name: String) -> String? {
        let all = nodes.map { (place: $0, node: tree.nodes[$0]) }
        let least = all.compactMap(\.node.minLength).max() ?? 0
        let most = all.compactMap(\.node.maxLength).min()
        if let most, most < least { return nil }
        var patterns: [(place: Int, keyword: String, pattern: SchemaPattern)] = []
        for (place, node) in all {
            if let pattern = node.pattern?.pattern { patterns.append((place, "pattern", pattern)) }
            guard let format = node.format else { continue }
            if let pattern = SchemaFormat.pattern(of: format) {
                patterns.append((place, "format", pattern))
            } else {
                note(place, "format", "'\(format)' is not expressed")
            }
        }
        // Of several, one that is expressed in full is best.
        let chosen = patterns.firstIndex { $0.pattern.branches != nil } ?? 0
        for (index, other) in patterns.enumerated()
        where index != chosen && other.pattern.node != patterns[chosen].pattern.node {
            note(
                other.place, other.keyword,
                "is not expressed: '\(patterns[chosen].pattern.source)' is, and a grammar takes one")
        }
        guard !patterns.isEmpty else { return plainString(least, most, nodes) }
        let pattern = patterns[chosen]
        guard let branches = pattern.pattern.branches else {
            note(
                pattern.place, pattern.keyword, "'\(pattern.pattern.source)' is not expressed: it has an anchor inside")
            return plainString(least, most, nodes)
        }
        let lengths = pattern.pattern.lengths
        if least > lengths.min || most.map({ most in lengths.max.map { $0 > most } ?? true }) ?? false {
            if let parts = pattern.pattern.limited(min: least, max: most) {
                return quoted(sequence(parts, pattern.place, name))
            }
            for (place, node) in all {
                if let own = node.minLength, own > lengths.min {
                    note(place, "minLength", "is not expressed beside a pattern")
                }
                if let own = node.maxLength, lengths.max.map({ $0 > own }) ?? true {
                    note(place, "maxLength", "is not expressed beside a pattern")
                }
            }
        }
        return quoted(content(branches, pattern.place, name))
    }

    /// A string that a pattern fits; nothing else counts.
    mutating func keyText(_ pattern: SchemaPattern, _ place: Int, _ name: String) -> String {
        rules.rule(name, quoted(content(pattern.branches ?? [], place, name)))
    }

    private mutating func content(_ branches: [SchemaPattern.Branch], _ place: Int, _ name: String) -> String {
        let texts = branches.map { branch in
            let any = "\(rules.common("char"))*"
            let parts = [branch.isAnchoredAtStart ? "" : any, sequence(branch.parts, place, name)]
            return (parts + [branch.isAnchoredAtEnd ? "" : any]).filter { !$0.isEmpty }.joined(separator: " ")
        }
        return texts.count == 1 ? texts[0] : "(\(texts.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: " | ")))"
    }

    private mutating func plainString(_ least: Int, _ most: Int?, _ nodes: [Int]) -> String {
        if least == 0, most == nil { return rules.common("string") }
        let counts = limited(least, most, ("minLength", "maxLength"), nodes)
        return quoted(counts.max == 0 ? "" : GrammarPiece.repeated(rules.common("char"), counts.min, counts.max))
    }

    private func quoted(_ text: String) -> String { text.isEmpty ? #""\"\"""# : #""\"" \#(text) "\"""# }

    /// Counts that a grammar can have.
    mutating func limited(
        _ least: Int, _ most: Int?, _ keywords: (String, String), _ nodes: [Int]
    ) -> (min: Int, max: Int?) {
        let limit = Self.repetitionLimit
        if least > limit {
            note(nodes[0], keywords.0, "is taken as \(limit), as llama-server refuses many repetitions")
        }
        if let most, most > limit {
            note(nodes[0], keywords.1, "is taken as no limit, as llama-server refuses many repetitions")
        }
        return (min(least, limit), most.flatMap { $0 > limit ? nil : $0 })
    }

    // MARK: - Patterns

    /// A sequence, in which neighbours that are one character each become a literal.
    private mutating func sequence(_ parts: [SchemaPattern.Node], _ place: Int, _ name: String) -> String {
        var texts: [String] = []
        var literal = ""
        func flush() {
            if !literal.isEmpty { texts.append(GrammarPiece.literal(literal)) }
            literal = ""
        }
        for part in parts {
            if case .set(let set) = part, let single = Self.single(set) {
                literal += single
                continue
            }
            flush()
            let text = self.text(part, place, name)
            if !text.isEmpty { texts.append(text) }
        }
        flush()
        return texts.joined(separator: " ")
    }

    private mutating func text(_ node: SchemaPattern.Node, _ place: Int, _ name: String) -> String {
        switch node {
        case .start, .end, .border: return ""
        case .set(let set): return Self.single(set).map(GrammarPiece.literal) ?? self.set(set, name)
        case .sequence(let parts): return sequence(parts, place, name)
        case .choice(let parts):
            return
                "(\(parts.map { sequence([$0], place, name) }.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: " | ")))"
        case .repeated(let inner, let min, let max):
            return repetition(of: inner, min, max, place, name)
        }
    }

    private mutating func repetition(
        of node: SchemaPattern.Node, _ min: Int, _ max: Int?, _ place: Int, _ name: String
    ) -> String {
        // Where what is repeated may be empty, the engine would look for an end of the repetition for ever.
        let mayBeEmpty = node.lengths.min == 0
        guard max != 0, let inner = mayBeEmpty ? node.nonEmpty : node else { return "" }
        let counts = limited(mayBeEmpty ? 0 : min, max, ("pattern", "pattern"), [place])
        let item = text(inner, place, name)
        switch inner {
        case .set, .choice: return GrammarPiece.repeated(item, counts.min, counts.max)
        default: return GrammarPiece.repeated("(\(item))", counts.min, counts.max)
        }
    }

    /// The text of a set of one.
    private static func single(_ set: ScalarSet) -> String? {
        guard set.ranges.count == 1, set.ranges[0].count == 1, let scalar = Unicode.Scalar(set.ranges[0].lowerBound)
        else { return nil }
        return String(String(decoding: JSONText.quoted(String(scalar)), as: UTF8.self).dropFirst().dropLast())
    }

    /// One character of a set, as it stands in a JSON string.
    private mutating func set(_ set: ScalarSet, _ name: String) -> String {
        if set == .all { return rules.common("char") }
        var texts: [String] = []
        let plain = set.intersection(Self.plain)
        if !plain.isEmpty { texts.append(GrammarPiece.characters(plain)) }
        for escape in Self.shortEscapes where set.contains(escape.scalar) {
            texts.append(GrammarPiece.literal(escape.text))
        }
        let controls = set.intersection(Self.longEscapes)
        if controls == Self.longEscapes {
            texts.append(#""\\u00" ("0" [0-7bBeEfF] | "1" [0-9a-fA-F])"#)
        } else {
            for control in controls.ranges.joined() {
                texts.append(GrammarPiece.literal("\\u00\(control < 16 ? "0" : "")\(String(control, radix: 16))"))
            }
        }
        switch texts.count {
        case 0: return "[^\\U00000000-\\U0010FFFF]"
        case 1: return texts[0]
        default: return rules.rule("\(name)-character", texts.joined(separator: " | "))
        }
    }
}

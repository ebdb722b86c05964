/// Draws a rule as railroad tracks, in characters: one reads from the left to the right along the lines.
public enum GrammarRailroad {
    /// How deep parentheses are drawn.
    private static let depth = 40
    /// Rules with more items are not drawn.
    private static let items = 400

    /// The drawing of every rule, with its name above, in the order of the text.
    public static func draw(_ grammar: Grammar, only names: [String] = []) -> String {
        var result: [String] = []
        for symbol in grammar.symbols {
            let name = grammar.string(symbol.name)
            guard let body = symbol.body, names.isEmpty || names.contains(name) else { continue }
            let count = grammar.bodies[Int(body)].elements.count
            let track = count > items ? Track("… (\(count) items)") : Self.body(Int(body), grammar, 0)
            let lines = Track.row([Track(line: "──"), track, Track(line: "──")]).lines
            let drawing = lines.map { "  " + $0.trimmedEnd }
            result.append(([name] + drawing).joined(separator: "\n"))
        }
        return result.joined(separator: "\n\n") + (result.isEmpty ? "" : "\n")
    }

    private static func body(_ body: Int, _ grammar: Grammar, _ level: Int) -> Track {
        guard level < depth else { return Track("(…)") }
        var alternatives: [Track] = []
        var row: [Track] = []
        for step in IteratorSequence(GrammarItems(grammar, body: body)) {
            switch step {
            case .item(let item): row.append(self.item(item, grammar, level))
            case .end:
                alternatives.append(Track.row(row))
                row = []
            }
        }
        return Track.choice(alternatives)
    }

    private static func item(_ item: GrammarItem, _ grammar: Grammar, _ level: Int) -> Track {
        let element = grammar.elements[item.element]
        var track =
            switch element.kind {
            case .literal: Track("\"" + source(element, grammar) + "\"")
            case .set: Track("[" + source(element, grammar) + "]")
            case .negatedSet: Track("[^" + source(element, grammar) + "]")
            case .token: Track(source(element, grammar))
            case .reference: Track(grammar.name(Int(element.low)))
            case .group: body(Int(element.low), grammar, level + 1)
            case .any, .repetition, .bar: Track("any character")
            }
        for repetition in item.repetitions {
            let low = Int(grammar.elements[repetition].low)
            let high = grammar.elements[repetition].high
            if low == 0, high == 1 {
                track = Track.choice([track, Track.row([])])
            } else {
                track = track.looped(times(low, high == Grammar.Element.unlimited ? nil : Int(high)))
            }
        }
        return track
    }

    private static func source(_ element: Grammar.Element, _ grammar: Grammar) -> String {
        let text = grammar.string(Int32(element.low)..<Int32(element.high))
        let shown = TextPlace.printable(text)
        return shown.unicodeScalars.count > 60 ? String(shown.prefix(58)) + "…" : shown
    }

    private static func times(_ low: Int, _ high: Int?) -> String {
        guard let high else { return "\(low) or more" }
        return low == high ? "\(low) times" : "\(low) to \(high) times"
    }
}

/// A piece of track: it comes in at the left of the first line and goes out at the right of it.
private struct Track {
    /// All of the same width.
    let lines: [String]
    let width: Int

    private init(lines: [String], width: Int) {
        self.lines = lines
        self.width = width
    }

    /// A piece that is nothing but this line.
    init(line: String) { self.init(lines: [line], width: line.count) }

    /// A station.
    init(_ name: String) { self.init(line: " " + name + " ") }

    /// One piece behind the other.
    static func row(_ pieces: [Track]) -> Track {
        guard let first = pieces.first else { return Track(line: "─") }
        return pieces.dropFirst().reduce(first) { left, right in
            let height = max(left.lines.count, right.lines.count)
            let lines = (0..<height).map { row in
                left.line(row) + (row == 0 ? "─" : " ") + right.line(row)
            }
            return Track(lines: lines, width: left.width + 1 + right.width)
        }
    }

    private func line(_ row: Int) -> String {
        row < lines.count ? lines[row] : String(repeating: " ", count: width)
    }

    /// One piece or another.
    static func choice(_ pieces: [Track]) -> Track {
        guard pieces.count > 1, let width = pieces.map(\.width).max() else { return pieces.first ?? row([]) }
        var lines: [String] = []
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            for row in piece.lines.indices {
                let space = String(repeating: row == 0 ? "─" : " ", count: width - piece.width)
                let (left, right) =
                    row > 0
                    ? (isLast ? (" ", " ") : ("│", "│")) : index == 0 ? ("┬", "┬") : isLast ? ("╰", "╯") : ("├", "┤")
                let joint = row == 0 ? "─" : " "
                lines.append(left + joint + piece.lines[row] + space + joint + right)
            }
        }
        return Track(lines: lines, width: width + 4)
    }

    /// A way back below the piece.
    func looped(_ label: String) -> Track {
        let sign = "◂ " + label + " "
        let inner = max(width, sign.count)
        var lines: [String] = []
        for row in self.lines.indices {
            let space = String(repeating: row == 0 ? "─" : " ", count: inner - width)
            let (left, joint, right) = row == 0 ? ("┬", "─", "┬") : ("│", " ", "│")
            lines.append(left + joint + self.lines[row] + space + joint + right)
        }
        lines.append("╰─" + sign + String(repeating: "─", count: inner - sign.count) + "─╯")
        return Track(lines: lines, width: inner + 4)
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

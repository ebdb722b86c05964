/// Rows of text in aligned columns. On a terminal they fit its width: long texts are cut, and what matters least is left
/// out; elsewhere everything is there.
struct TextTable {
    struct Column {
        var title: String
        /// Numbers stand to the right.
        var isNumber = false
        /// The narrowest width that its texts may be cut to; nil: never cut.
        var least: Int?
        /// Whether, and how early, it is left out where there is no room: the highest number first, 0 never.
        var rank = 0
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row with a text for each column. What a terminal would act upon is made visible.
    mutating func add(_ row: [String]) { rows.append(row.map(Self.oneLine)) }

    /// The lines, each with its line break.
    func text(on stream: Context.Stream) -> String {
        text(width: stream.isTerminal ? stream.width : .max, hasColor: stream.hasColor)
    }

    func text(width: Int, hasColor: Bool) -> String {
        var shown = Array(columns.indices)
        while true {
            if let widths = fitting(shown, into: width) { return lines(shown, widths, hasColor) }
            guard let last = shown.max(by: { columns[$0].rank < columns[$1].rank }), columns[last].rank > 0 else {
                return lines(shown, shown.map { columns[$0].least ?? natural($0) }, hasColor)
            }
            shown.removeAll { $0 == last }
        }
    }

    private static let gap = 2

    private func natural(_ column: Int) -> Int {
        rows.reduce(TerminalText.width(columns[column].title)) { max($0, TerminalText.width($1[column])) }
    }

    /// The columns' widths, where they fit with their texts cut.
    private func fitting(_ shown: [Int], into width: Int) -> [Int]? {
        var widths = shown.map(natural)
        var excess = widths.reduce(0, +) + Self.gap * (shown.count - 1) - width
        while excess > 0 {
            // The widest one gives first: two long texts end up equally long.
            let candidates = shown.indices.filter { place in
                columns[shown[place]].least.map {
                    widths[place] > max($0, TerminalText.width(columns[shown[place]].title))
                }
                    ?? false
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func lines(_ shown: [Int], _ widths: [Int], _ hasColor: Bool) -> String {
        func line(_ texts: [String]) -> String {
            var line = ""
            for (place, column) in shown.enumerated() {
                let text = Self.cut(texts[column], to: widths[place])
                let padding = String(repeating: " ", count: max(0, widths[place] - TerminalText.width(text)))
                line += (place == 0 ? "" : String(repeating: " ", count: Self.gap))
                line += columns[column].isNumber ? padding + text : text + padding
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        let head = line(columns.map(\.title))
        return ([hasColor ? "\u{1B}[1m\(head)\u{1B}[0m" : head] + rows.map(line)).map { $0 + "\n" }.joined()
    }

    /// The text in at most so many columns, an ellipsis for what is left out.
    static func cut(_ text: String, to width: Int) -> String {
        guard TerminalText.width(text) > width else { return text }
        var cut = ""
        var taken = 0
        for character in text {
            let columns = TerminalText.width(character)
            guard taken + columns < width else { break }
            cut.append(character)
            taken += columns
        }
        return cut + "…"
    }

    private static func oneLine(_ text: String) -> String {
        TerminalText.neutralized(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

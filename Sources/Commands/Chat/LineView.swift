/// Draws a line editor's text on a terminal, over as many rows as it needs, and remembers where it left the cursor.
struct LineView: Sendable {
    /// Stands before the first row.
    var prompt: String
    /// Stands before the rows that a line break begins.
    var continuation: String
    /// The row, counted from the first one drawn, in which the cursor was left.
    private var cursorRow = 0

    init(prompt: String, continuation: String = "") {
        self.prompt = prompt
        self.continuation = continuation
    }

    /// What to write so that the terminal shows the text, with the cursor between its halves. Drawn over what was drawn before;
    /// where it is taller than the screen, the part around the cursor.
    mutating func draw(before: String, after: String, width: Int, height: Int) -> String {
        let layout = Layout(before: before, after: after, view: self, width: max(width, 8))
        let last = min(layout.rows.count, max(0, layout.row - height + 1) + height)
        let first = max(0, last - height)
        var text = restart
        text += layout.rows[first..<last].joined(separator: "\r\n")
        let up = last - 1 - layout.row
        if up > 0 { text += "\u{1B}[\(up)A" }
        text += "\r"
        if layout.column > 0 { text += "\u{1B}[\(layout.column)C" }
        cursorRow = layout.row - first
        return text
    }

    /// What to write when the line is done: it is drawn whole and the cursor goes below it.
    mutating func finish(text: String, width: Int, height: Int) -> String {
        let drawn = draw(before: text, after: "", width: width, height: height)
        cursorRow = 0
        return drawn + "\r\n"
    }

    /// Forgets what was drawn: the next drawing starts where the cursor is.
    mutating func forget() { cursorRow = 0 }

    /// Back to where the drawing began, with all behind it erased.
    private var restart: String { "\r" + (cursorRow > 0 ? "\u{1B}[\(cursorRow)A" : "") + "\u{1B}[J" }

    /// The rows, wrapped here and not by the terminal: terminals differ in what they do at the last column.
    private struct Layout {
        var rows: [String] = []
        var row = 0
        var column = 0
        private var current = ""
        private var used = 0

        init(before: String, after: String, view: LineView, width: Int) {
            current = view.prompt
            used = TerminalText.width(view.prompt)
            append(before, view, width)
            if used >= width { wrap("") }
            row = rows.count
            column = used
            append(after, view, width)
            rows.append(current)
        }

        private mutating func append(_ text: String, _ view: LineView, _ width: Int) {
            for character in text {
                guard character != "\n" else {
                    wrap(view.continuation)
                    continue
                }
                let shown = TerminalText.visible(character)
                let columns = TerminalText.width(shown)
                if used + columns > width { wrap("") }
                current += shown
                used += columns
            }
        }

        private mutating func wrap(_ start: String) {
            rows.append(current)
            current = start
            used = TerminalText.width(start)
        }
    }
}

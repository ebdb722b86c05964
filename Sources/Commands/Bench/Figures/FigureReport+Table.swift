extension FigureReport {
    /// The table with its bars, notes above and conclusions below.
    func text(on stream: Context.Stream) -> String {
        text(width: stream.isTerminal ? stream.width : .max, hasColor: stream.hasColor)
    }

    func text(width: Int, hasColor: Bool) -> String {
        let blocks = [
            notes.map { $0 + "\n" }.joined(), table.text(width: width, hasColor: hasColor),
            conclusion.map { $0 + "\n" }.joined(),
        ]
        return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Columns of a bar.
    private static let barWidth = 20

    private var table: TextTable {
        let shown = quantities.filter { quantity in figures.contains { $0.quantity == quantity } }
        var table = TextTable(columns(shown))
        for group in groups {
            let most = shown.first.map { longest($0, in: group) } ?? 0
            for (place, row) in rows(of: group).enumerated() {
                table.add([place == 0 ? group : "", row] + cells(group, row, shown, most))
            }
        }
        return table
    }

    private func columns(_ shown: [Quantity]) -> [TextTable.Column] {
        var columns = [TextTable.Column(title: groupTitle, least: 12), .init(title: rowTitle, least: 12)]
        for (place, quantity) in shown.enumerated() {
            columns.append(.init(title: quantity.title, isNumber: true, rank: place < 2 ? 0 : place))
            if hasMargin(quantity, place) { columns.append(.init(title: "±", isNumber: true, rank: 90)) }
            if place == 0 { columns.append(.init(title: "", rank: 91)) }
        }
        return columns
    }

    private func cells(_ group: String, _ row: String, _ shown: [Quantity], _ most: Double) -> [String] {
        shown.enumerated().flatMap { place, quantity in
            let estimate = estimate(group, row, quantity)
            var cells = [estimate.map { quantity.text($0.value) } ?? "–"]
            if hasMargin(quantity, place) { cells.append(Self.margin(estimate)) }
            if place == 0 { cells.append(Self.bar(estimate?.value ?? 0, of: most)) }
            return cells
        }
    }

    /// Whether a column says how certain its values are.
    private func hasMargin(_ quantity: Quantity, _ place: Int) -> Bool {
        (place == 0 || quantity == .gain || quantity == .share)
            && figures.contains { $0.quantity == quantity && $0.estimate.interval != nil }
    }

    /// What the longest bar stands for: the largest value of the group, or of all, where each has one row.
    private func longest(_ quantity: Quantity, in group: String) -> Double {
        let isAlone = groups.allSatisfy { rows(of: $0).count == 1 }
        let rivals = figures.filter { $0.quantity == quantity && (isAlone || $0.group == group) }
        return rivals.map(\.estimate.value).max() ?? 0
    }

    /// Half the interval; one that is wider than the value says only that there were too few rounds.
    private static func margin(_ estimate: Estimate?) -> String {
        guard let estimate, let margin = estimate.margin else { return "" }
        return margin > estimate.value ? ">100 %" : BenchReport.text(margin)
    }

    /// A bar as long as a value's part of the largest one, in eighths of a column.
    static func bar(_ value: Double, of most: Double, width: Int = barWidth) -> String {
        guard value > 0, most > 0, value.isFinite, most.isFinite else { return "" }
        let eighths = max(1, Int((min(1, value / most) * Double(width * 8)).rounded()))
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }
}

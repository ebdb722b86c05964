/// What one of the engine's benchmarks found. Table, JSON and CSV are views of it, and another run's can be held against it.
struct FigureReport: Sendable, Equatable {
    /// The subcommand: `spec`.
    var bench: String
    /// What was measured on: machine, model, versions.
    var notes: [String]
    /// Heads of the first two columns: `TASK`, `SET-UP`.
    var groupTitle: String
    var rowTitle: String
    /// The columns; the first one has the bars.
    var quantities: [Quantity]
    var figures: [Figure]
    /// What follows from it, a sentence a line.
    var conclusion: [String] = []

    /// The groups in their order.
    var groups: [String] { Self.unique(figures.map(\.group)) }

    /// The rows of a group in their order.
    func rows(of group: String) -> [String] { Self.unique(figures.filter { $0.group == group }.map(\.row)) }

    func estimate(_ group: String, _ row: String, _ quantity: Quantity) -> Estimate? {
        figures.first { $0.group == group && $0.row == row && $0.quantity == quantity }?.estimate
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

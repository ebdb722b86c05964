import LocalCodeCore

/// A report held against an older one of the same benchmark.
struct FigureComparison: Sendable, Equatable {
    /// One figure that both have.
    struct Change: Sendable, Equatable {
        var new: Figure
        var old: Estimate

        /// New over old; nil where the old one is 0.
        var ratio: Double? { old.value == 0 ? nil : new.estimate.value / old.value }

        /// Whether the difference is more than chance: the intervals do not touch, or, where there are none, it is above a tenth.
        var isCertain: Bool {
            if let isApart = new.estimate.isApart(from: old) { return isApart }
            return ratio.map { $0 < 0.9 || $0 > 1.1 } ?? (new.estimate.value != 0)
        }

        var isBetter: Bool { (new.estimate.value > old.value) == new.quantity.isBetterHigh }
    }

    var changes: [Change] = []
    /// Figures that one of the two does not have.
    var onlyNew = 0
    var onlyOld = 0

    /// - Throws: `Failure` where they are of different benchmarks.
    init(_ new: FigureReport, to old: FigureReport) throws(Failure) {
        guard new.bench == old.bench else {
            throw Failure("the old report is of 'bench \(old.bench)', this one of 'bench \(new.bench)'")
        }
        for figure in new.figures {
            if let before = old.estimate(figure.group, figure.row, figure.quantity) {
                changes.append(Change(new: figure, old: before))
            } else {
                onlyNew += 1
            }
        }
        onlyOld = old.figures.count - changes.count
    }

    /// What differs for certain, as a table, and how much does not.
    func text(on stream: Context.Stream) -> String {
        let certain = changes.filter(\.isCertain)
        var table = TextTable([
            .init(title: "WHERE", least: 12), .init(title: "WHAT", least: 8), .init(title: "OLD", isNumber: true),
            .init(title: "NEW", isNumber: true), .init(title: "CHANGE", isNumber: true), .init(title: ""),
        ])
        for change in certain {
            let figure = change.new
            table.add([
                "\(figure.group), \(figure.row)", figure.quantity.name, figure.quantity.text(change.old.value),
                figure.quantity.text(figure.estimate.value), change.ratio.map(Self.percent) ?? "–",
                change.isBetter ? "better" : "worse",
            ])
        }
        var summary = "\(HumanText.count(changes.count - certain.count, "figure")) did not change for certain"
        if onlyNew > 0 { summary += ", \(onlyNew) new" }
        if onlyOld > 0 { summary += ", \(onlyOld) missing" }
        return (certain.isEmpty ? "" : table.text(on: stream) + "\n") + "compared with the old run: \(summary)\n"
    }

    var json: JSONValue {
        .array(
            changes.map { change in
                [
                    "group": .string(change.new.group), "row": .string(change.new.row),
                    "quantity": .string(change.new.quantity.rawValue), "old": Figure.number(change.old.value),
                    "new": Figure.number(change.new.estimate.value), "ratio": change.ratio.map(Figure.number) ?? .null,
                    "certain": .bool(change.isCertain), "better": .bool(change.isBetter),
                ]
            })
    }

    private static func percent(_ ratio: Double) -> String {
        let tenths = Int(((ratio - 1) * 1_000).rounded())
        let digits = "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
        return (tenths < 0 ? "−" : "+") + digits + " %"
    }
}

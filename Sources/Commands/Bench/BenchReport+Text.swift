import LocalCodeCore

extension BenchReport {
    /// The table for a reader, ending with a line break.
    var table: String {
        let names = sections.flatMap(\.rows).map(\.name.count)
        let nameWidth = max(24, names.max() ?? 0) + 2
        let widths = targets.map { max(10, $0.count) + 2 }
        var lines = notes
        for section in sections where !section.rows.isEmpty {
            lines.append("")
            let heading = "\(section.title), \(section.unit.rawValue)"
            lines.append(heading)
            lines.append(
                String(repeating: " ", count: nameWidth)
                    + zip(targets, widths).map { padded($0, $1) }.joined()
                    + (section.rows.contains { $0.goal != nil } ? "   goal" : ""))
            for row in section.rows {
                let cells = row.values.enumerated().map { index, value in
                    value.map { Self.text($0, signed: row.isAdded && index > 0) } ?? "–"
                }
                let line =
                    ("  " + row.name).padding(to: nameWidth) + zip(cells, widths).map { padded($0, $1) }.joined()
                let verdict = isMet(row).map { $0 ? " met" : " MISSED" } ?? ""
                lines.append(row.goal == nil ? line : line + "   " + goalText(row) + verdict)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program.
    var json: JSONValue {
        [
            "targets": .array(targets.map { .string($0) }),
            "notes": .array(notes.map { .string($0) }),
            "sections": .array(
                sections.map { section in
                    [
                        "title": .string(section.title), "unit": .string(section.unit.rawValue),
                        "rows": .array(section.rows.map(jsonRow)),
                    ]
                }),
        ]
    }

    private func jsonRow(_ row: Row) -> JSONValue {
        var values = JSONObject()
        for (name, value) in zip(targets, row.values) { values[name] = value.map(jsonNumber) ?? .null }
        var object = JSONObject()
        object["name"] = .string(row.name)
        object["added"] = .bool(row.isAdded)
        object["values"] = .object(values)
        if row.goal != nil {
            object["goal"] = .string(goalText(row))
            object["limit"] = limit(of: row).map(jsonNumber) ?? .null
            object["met"] = isMet(row).map { .bool($0) } ?? .null
        }
        return .object(object)
    }

    /// Three decimals: nothing is measured more closely.
    private func jsonNumber(_ value: Double) -> JSONValue { .number((value * 1_000).rounded() / 1_000) }

    private func goalText(_ row: Row) -> String {
        switch row.goal {
        case .atMost(let limit): "≤ \(Self.text(limit))"
        case .below(let limit): "< \(Self.text(limit))"
        case .atLeast(let limit): "≥ \(Self.text(limit))"
        case .timesNginx(let factor):
            "≤ \(Self.text(factor)) × nginx" + (limit(of: row).map { " = \(Self.text($0))" } ?? "")
        case nil: ""
        }
    }

    /// Three digits at least, no more decimals than they need, thousands apart.
    static func text(_ value: Double, signed: Bool = false) -> String {
        let size = abs(value)
        let digits: String
        if size >= 100 || size == size.rounded() {
            digits = grouped(Int(size.rounded()))
        } else {
            let scale = size >= 10 ? 10 : 100
            let scaled = Int((size * Double(scale)).rounded())
            let fraction = String(scaled % scale)
            let zeros = String(repeating: "0", count: (scale == 10 ? 1 : 2) - fraction.count)
            digits = "\(scaled / scale).\(zeros)\(fraction)"
        }
        return (value < 0 ? "−" : signed ? "+" : "") + digits
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// `1234567` as `1,234,567`.
func grouped(_ number: Int) -> String {
    var result = ""
    for (index, digit) in String(abs(number)).reversed().enumerated() {
        if index > 0, index % 3 == 0 { result.append(",") }
        result.append(digit)
    }
    return (number < 0 ? "-" : "") + String(result.reversed())
}

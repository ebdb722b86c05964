import LocalCodeCore

extension FigureReport {
    /// For a program, and for `--compare`.
    var json: JSONValue {
        [
            "bench": .string(bench),
            "notes": .array(notes.map { .string($0) }),
            "conclusion": .array(conclusion.map { .string($0) }),
            "figures": .array(figures.map(\.json)),
        ]
    }

    /// One line a figure, as RFC 4180 wants it but for the line ends.
    var csv: String {
        let head = ["bench", "group", "row", "quantity", "unit", "value", "low", "high", "samples"]
        let lines = figures.map { figure in
            let numbers = [
                figure.estimate.value, figure.estimate.interval?.lowerBound, figure.estimate.interval?.upperBound,
            ]
            return [bench, figure.group, figure.row, figure.quantity.rawValue, figure.quantity.unit]
                + numbers.map { $0.map { Figure.number($0).description } ?? "" } + ["\(figure.estimate.count)"]
        }
        return ([head] + lines).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Reads what `json` wrote.
    /// - Throws: `Failure`, with the name of the file.
    init(reading bytes: [UInt8], named file: String) throws(Failure) {
        guard let view = try? JSONView(validating: bytes), let bench = view["bench"]?.string,
            let list = view["figures"], list.kind == .array
        else {
            throw Failure("\(file) is no report of an engine's benchmark", hint: "make one with --json")
        }
        var figures: [Figure] = []
        for element in list.elements {
            guard let figure = Figure(element) else { throw Failure("\(file) holds a figure that cannot be read") }
            figures.append(figure)
        }
        self.init(
            bench: bench, notes: view["notes"]?.elements.compactMap(\.string) ?? [], groupTitle: "", rowTitle: "",
            quantities: [], figures: figures)
    }
}

extension Figure {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "group": .string(group), "row": .string(row), "quantity": .string(quantity.rawValue),
            "unit": .string(quantity.unit), "value": Self.number(estimate.value),
        ]
        if let interval = estimate.interval {
            object["low"] = Self.number(interval.lowerBound)
            object["high"] = Self.number(interval.upperBound)
        }
        object["samples"] = .number(estimate.count)
        return .object(object)
    }

    /// Nil for what `json` never writes. A quantity that this version does not know cannot be compared either.
    fileprivate init?(_ view: JSONView) {
        guard let group = view["group"]?.string, let row = view["row"]?.string,
            let quantity = view["quantity"]?.string.flatMap(Quantity.init), let value = view["value"]?.double
        else { return nil }
        var interval: ClosedRange<Double>?
        if let low = view["low"]?.double, let high = view["high"]?.double {
            guard low <= high else { return nil }
            interval = low...high
        }
        self.init(
            group: group, row: row, quantity: quantity,
            estimate: Estimate(value, interval: interval, count: view["samples"]?.int ?? 1))
    }

    /// Three decimals: nothing is measured more closely.
    static func number(_ value: Double) -> JSONValue {
        let rounded = (value * 1_000).rounded() / 1_000
        return Int(exactly: rounded).map { .number($0) } ?? .number(rounded)
    }
}

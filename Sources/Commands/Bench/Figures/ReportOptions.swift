import LocalCodeCore

/// How the engine's benchmarks hand out what they found.
struct ReportOptions: Sendable {
    static let options = [
        Option("json", fallback: "false", help: "print the report as JSON"),
        Option("csv", fallback: "false", help: "print the figures as CSV"),
        Option(
            "compare", value: "FILE", completion: .file,
            help: "say what changed since a report that --json wrote"),
    ]

    private let isJSON: Bool
    private let isCSV: Bool
    private let old: FigureReport?

    /// Reads the old report: what is wrong with it should be known before anything is measured.
    init(_ invocation: Invocation, bench: String) throws {
        isJSON = invocation.isOn("json")
        isCSV = invocation.isOn("csv")
        guard !(isJSON && isCSV) else { throw UsageError("--json and --csv cannot be combined") }
        guard let name = invocation["compare"] else {
            old = nil
            return
        }
        guard !isCSV else {
            throw UsageError("--csv and --compare cannot be combined", hint: "--json has the comparison")
        }
        guard let bytes = try FileText.bytes(at: CacheStore.absolute(name, invocation.context), limit: 64 << 20) else {
            throw Failure("there is no file \(name)")
        }
        let report = try FigureReport(reading: bytes, named: name)
        guard report.bench == bench else {
            throw Failure("\(name) is a report of 'bench \(report.bench)', not of 'bench \(bench)'")
        }
        old = report
    }

    /// Prints it.
    func write(_ report: FigureReport, to context: Context) throws {
        let comparison = try old.map { try FigureComparison(report, to: $0) }
        if isJSON {
            var json = report.json
            if let comparison { json["comparison"] = comparison.json }
            return try context.output.write(PrettyJSON.text(json))
        }
        if isCSV { return try context.output.write(report.csv) }
        let after = comparison.map { "\n" + $0.text(on: context.output) } ?? ""
        try context.output.write(report.text(on: context.output) + after)
    }
}

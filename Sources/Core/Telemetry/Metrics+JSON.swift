extension RequestFigures {
    /// `{"requests","errors","prompt_tokens",…,"acceptance","tokens_per_second"}`
    public var json: JSONObject {
        [
            "requests": .number(requests), "errors": .number(errors), "prompt_tokens": .number(prompt),
            "cached_tokens": .number(cached), "completion_tokens": .number(completion),
            "decode_seconds": .number((decodeSeconds * 1000).rounded() / 1000),
            "tokens_per_second": tokensPerSecond.map { .number(($0 * 10).rounded() / 10) } ?? .null,
            "drafted_tokens": .number(drafts.drafted), "accepted_tokens": .number(drafts.accepted),
            "acceptance": Self.share(drafts), "acceptance_after_restore": Self.share(draftsAfterRestore),
        ]
    }

    private static func share(_ drafts: DraftFigures) -> JSONValue {
        drafts.acceptance.map { .number(($0 * 1000).rounded() / 1000) } ?? .null
    }
}

extension Metrics {
    /// What `GET /localcode/models` answers: the configured models as they stand, and those that only answered requests,
    /// each with its figures in all and for each kind of request.
    func modelsJSON(_ reports: [ModelReport]) -> JSONValue {
        let figures = figures
        let names = Set(reports.map(\.name))
        let others = Set(figures.keys.map(\.model)).subtracting(names).sorted()
        let configured = reports.map { Self.json($0.json, $0.name, figures) }
        return ["models": .array(configured + others.map { Self.json(["name": .string($0)], $0, figures) })]
    }

    /// One of these models.
    func modelJSON(_ report: ModelReport) -> JSONValue { Self.json(report.json, report.name, figures) }

    private static func json(_ object: JSONObject, _ model: String, _ figures: [Label: RequestFigures]) -> JSONValue {
        var object = object
        var total = RequestFigures()
        var kinds = JSONObject()
        for (label, figures) in figures.sorted(by: { $0.key < $1.key }) where label.model == model {
            total.add(figures)
            kinds[label.kind.rawValue] = .object(figures.json)
        }
        object["figures"] = .object(total.json)
        object["kinds"] = .object(kinds)
        return .object(object)
    }
}

/// How one request was routed, and what came of it: what `route explain` prints, what GET /v1/localcode/requests lists
/// and what goes into the log.
public struct RouteReport: Sendable {
    /// The id that the answer's `x-request-id` carries; empty where nobody was asked.
    public var id: String
    /// When the request came, seconds since 1970.
    public var time: Double
    /// The model that the client names; nil: none.
    public var asked: String?
    public var request: RequestClass
    public var signals: ContentSignals
    public var demands: [Demand]
    public var decision: RouteDecision
    /// Those that were compared, the best first; empty where there was nothing to compare.
    public var prices: [RoutePrice]
    /// The model that answers; nil: none, or it is not decided.
    public var model: String?
    /// Who was asked, in order, and what came of it: `answered`, or why not.
    public var attempts: [(model: String, outcome: String)]
    /// What its slot held, as far as that is known: one line.
    public var placement: String?
    /// The stabilisers that changed it, by name.
    public var stabilisers: [String]
    /// The lane that it waits in.
    public var lane: RequestLane { decision.lane }

    /// Unicode scalars of a text that are kept.
    static let textLimit = 512

    public init(
        id: String = "", time: Double, asked: String? = nil, request: RequestClass, signals: ContentSignals,
        demands: [Demand], decision: RouteDecision, prices: [RoutePrice] = [], model: String? = nil,
        attempts: [(model: String, outcome: String)] = [], placement: String? = nil, stabilisers: [String] = []
    ) {
        self.id = id
        self.time = time
        self.asked = asked?.cut(to: Self.textLimit)
        self.request = request
        self.signals = signals
        self.demands = demands
        self.decision = decision
        // A name that a client made up goes into these, and many reports are kept.
        self.decision.reasons = decision.reasons.map { $0.cut(to: Self.textLimit) }
        self.decision.models = decision.models.map { $0.cut(to: Self.textLimit) }
        self.decision.excluded = decision.excluded.map {
            ($0.model.cut(to: Self.textLimit), $0.reason.cut(to: Self.textLimit))
        }
        self.prices = prices
        self.model = model?.cut(to: Self.textLimit)
        self.attempts = attempts
        self.placement = placement
        self.stabilisers = stabilisers
    }

    /// The same without words of the prompt and of names: how client and kind were found stays, and what hints were not understood.
    var withoutQuotes: RouteReport {
        var report = self
        report.request.evidence = request.evidence.map { found in
            found.about.hasPrefix("hint (") ? found : .init(about: found.about, rule: found.rule, text: "")
        }
        report.demands = demands.map { Demand($0.kind, score: $0.score, words: []) }
        report.signals.codeWords = []
        report.signals.reasoningWords = []
        return report
    }

    /// One line for a person: `opencode-1 turn to glm-5, lane main, by the rule 'work'`.
    public var line: String {
        var line = "\(request.client.rawValue) \(request.kind.rawValue)"
        if let refusal = decision.refusal {
            line += " refused: \(refusal.message)"
        } else {
            line += " to \(model ?? decision.models.first ?? "nobody")"
        }
        line += ", lane \(lane.rawValue)"
        if let rule = decision.rule { line += ", by the rule '\(rule)'" }
        return line
    }
}

extension RouteReport {
    /// `{"id","time","client","kind","lane","model",…,"evidence":[…],"signals":{…},"demands":[…],"reasons":[…],"prices":[…],…}`:
    /// everything, for programs. What is not known is null, so that every report has the same members.
    public var json: JSONValue {
        [
            "id": .string(id), "time": .number(time), "client": .string(request.client.rawValue),
            "kind": .string(request.kind.rawValue), "lane": .string(lane.rawValue), "asked": .text(asked),
            "model": .text(model), "conversation": .text(request.conversation), "parent": .text(request.parent),
            "project": .text(request.project), "hints": request.hints.json,
            "evidence": .array(request.evidence.map(\.json)), "signals": signals.json,
            "demands": .array(demands.map(\.json)), "rule": .text(decision.rule), "reasons": .texts(decision.reasons),
            "models": .texts(decision.models), "fallbacks": fallbacks, "local_only": .bool(decision.isLocalOnly),
            "overrides": overrides, "refusal": refusal,
            "excluded": .array(
                decision.excluded.map { ["model": .string($0.model), "reason": .string($0.reason)] }),
            "prices": .array(prices.map(\.json)),
            "attempts": .array(attempts.map { ["model": .string($0.model), "outcome": .string($0.outcome)] }),
            "placement": .text(placement), "stabilisers": .texts(stabilisers),
        ]
    }

    private var fallbacks: JSONValue {
        var object = JSONObject()
        for (model, next) in decision.fallbacks.sorted(by: { $0.key < $1.key }) { object[model] = .texts(next) }
        return .object(object)
    }

    private var overrides: JSONValue {
        var object = decision.overrides.fields
        if let reasons = decision.overrides.reasons { object["reasoning"] = .bool(reasons) }
        return .object(object)
    }

    private var refusal: JSONValue {
        guard let refusal = decision.refusal else { return .null }
        return ["status": .number(refusal.status), "message": .string(refusal.message), "code": .text(refusal.code)]
    }
}

extension RoutingHints {
    /// Only what was said.
    var json: JSONValue {
        var object = JSONObject()
        object["kind"] = kind.map { .string($0.rawValue) }
        object["client"] = client.map { .string($0.rawValue) }
        object["model"] = model.map { .string($0) }
        object["lane"] = lane.map { .string($0.rawValue) }
        object["agent"] = agent.map { .string($0) }
        if isLocalOnly { object["privacy"] = "local-only" }
        return .object(object)
    }
}

extension RequestClass.Evidence {
    var json: JSONValue { ["about": .string(about), "rule": .string(rule), "text": .string(text)] }
}

extension ContentSignals {
    var json: JSONValue {
        [
            "images": .number(images), "code_share": .number((codeShare * 100).rounded() / 100),
            "languages": .texts(languages), "diff": .bool(hasDiff), "stack_trace": .bool(hasStackTrace),
            "question": isQuestion.map { .bool($0) } ?? .null, "length": .number(length), "tools": .number(tools),
            "tool_depth": .number(toolDepth),
            "failures": failures.map { ["tool": .string($0.tool), "count": .number($0.count)] } ?? .null,
            "language": .text(textLanguage), "code_words": .texts(codeWords), "reasoning_words": .texts(reasoningWords),
            "prompt_tokens": .number(promptTokens), "context_tokens": .number(contextTokens),
        ]
    }
}

extension Demand {
    var json: JSONValue { ["kind": .string(kind.rawValue), "score": .number(score), "words": .texts(words)] }
}

extension RoutePrice {
    var json: JSONValue {
        [
            "model": .string(model), "seconds": .number(seconds), "queue": .number(queue), "swap": .number(swap),
            "restore": .number(restore), "prefill": .number(prefill), "decode": .number(decode),
            "dollars": .number(dollars), "home": .bool(claim == .home), "small": .bool(claim == .small),
            "obstacle": .text(obstacle),
        ]
    }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    fileprivate static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

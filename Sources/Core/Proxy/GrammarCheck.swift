import Synchronization

/// What was found out about the grammars and schemas of requests, so that an agent's next turn does not pay for it again.
public final class GrammarCheck: Sendable {
    private struct Verdict {
        let problem: APIError?
        var used: Int
    }

    /// The verdicts that were used last.
    private struct Verdicts {
        private var all: [Digest: Verdict] = [:]
        private var clock = 0

        mutating func use(_ digest: Digest) -> Verdict? {
            clock += 1
            all[digest]?.used = clock
            return all[digest]
        }

        mutating func keep(_ problem: APIError?, of digest: Digest) {
            clock += 1
            all[digest] = Verdict(problem: problem, used: clock)
            guard all.count > GrammarCheck.capacity else { return }
            if let oldest = all.min(by: { $0.value.used < $1.value.used })?.key { all[oldest] = nil }
        }
    }

    private let verdicts = Mutex(Verdicts())
    /// Long ones are looked at here, one at a time: nobody else's stream waits for them.
    private let work = BlockingWork(label: "localcode.grammar")

    /// The most verdicts to keep.
    private static let capacity = 256
    /// From this length on, in bytes, a grammar takes longer than a connection's event loop may be held up.
    private static let long = 16 << 10

    public init() {}

    /// Why an engine must not see the form that a request asks for; nil when it may, or when it asks for none.
    func problem(of chat: ChatRequest) async -> APIError? {
        if let grammar = chat.grammar {
            guard chat.schema == nil || chat.kind != .chat else {
                return APIError.invalid("grammar", "'grammar' and a JSON schema exclude each other: send one of them")
            }
            return await verdict(on: grammar) { view in
                GrammarGate.problem(in: Array((view.string ?? "").utf8)).map { problem in
                    APIError(
                        status: 400, message: "the grammar cannot be used: \(problem.message)\n\(problem.excerpt)",
                        param: "grammar", code: "invalid_grammar")
                }
            }
        }
        guard let schema = chat.schema else { return nil }
        return await verdict(on: schema) { view in
            SchemaGrammar.engineProblem(JSONValue(view)).map { problem in
                APIError(
                    status: 400, message: "the JSON schema cannot be used: \(problem)", param: "response_format",
                    code: "invalid_json_schema")
            }
        }
    }

    private func verdict(
        on view: JSONView, _ judge: @escaping @Sendable (JSONView) -> APIError?
    ) async -> APIError? {
        let digest = SHA256.digest(view.text)
        if let known = verdicts.withLock({ $0.use(digest) }) { return known.problem }
        let problem = view.range.count < Self.long ? judge(view) : await work.run { judge(view) }
        verdicts.withLock { $0.keep(problem, of: digest) }
        return problem
    }
}

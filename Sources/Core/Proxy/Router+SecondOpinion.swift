extension Router {
    /// Asks a small local model what a request wants, where it was asked to and the rules can tell nothing.
    func secondOpinion(_ chat: ChatRequest, _ request: RequestClass, _ demands: [Demand]) async -> Demand? {
        guard let model = backends.routes.configuration.secondOpinion, chat.kind == .chat,
            [.turn, .chat].contains(request.kind), demands.allSatisfy({ $0.kind == .general || $0.score < Self.doubt }),
            let text = Self.lastText(chat)
        else { return nil }
        let choice = await backends.choose(model: model)
        // Nobody gives way to a model for a question of ours.
        guard isLocal(choice), await backends.running(choice) != nil, let question = Self.question(text) else {
            return nil
        }
        let turn = EngineTurn(
            backends, choice, question, origin: RequestOrigin(kind: .structured, lane: .background), model: model)
        let answer = try? await withTimeLimit(Self.patience) {
            try await turn.send("/v1/chat/completions").body.collect(upTo: 1 << 20)
        }
        // Nobody comes back to what its slot holds now.
        await turn.end(.refused, Usage())
        guard let answer, let view = try? JSONView(validating: answer),
            let word = view["choices"]?.elements.first(where: { _ in true })?["message"]?["content"]?.string,
            let kind = Demand.Kind(rawValue: word)
        else { return nil }
        return Demand(kind, score: Self.weight, words: ["\(model) says so"])
    }

    /// Demands below this leave a request open, and so does a general one: nothing speaks for anything else.
    private static let doubt = 0.5
    /// What the opinion counts.
    private static let weight = 0.6
    private static let patience = Duration.seconds(2)
    /// Bytes of the request that are shown to it.
    private static let shown = 2000

    private static func lastText(_ chat: ChatRequest) -> String? {
        var last: ChatRequest.Message?
        for message in chat.messages where message.role == "user" { last = message }
        let text = last?.beginning(shown) ?? ""
        return text.isEmpty ? nil : text
    }

    private static func question(_ text: String) -> ChatRequest? {
        let body: JSONValue = [
            "messages": [
                [
                    "role": "system",
                    "content": """
                    Say what kind of model a request needs: coder for programming, reasoning for hard questions, small \
                    for what is quickly said, general for the rest. Answer with that one word.
                    """,
                ],
                ["role": "user", "content": .string(text)],
            ],
            "grammar": #"root ::= "coder" | "reasoning" | "small" | "general""#, "temperature": 0, "max_tokens": 16,
        ]
        return (try? JSONView(validating: body.bytes)).flatMap { try? ChatRequest($0, kind: .chat) }
    }
}

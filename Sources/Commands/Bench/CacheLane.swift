import LocalCodeCore

/// One way to the model that `bench cache` measures, with the conversations it holds.
struct CacheLane: Sendable {
    var name: String
    /// Whom to ask, and in which language.
    var client: EngineClient
    var speech: Speech
    /// Where its states are; nil where it keeps none.
    var slots: String?

    enum Speech: Sendable {
        /// OpenAI's chat endpoint.
        case chat
        /// The script around stillwarm.
        case stillwarm
    }

    /// A conversation as this lane knows it.
    struct Talk: Sendable, Equatable {
        var id: String
        var questions: [String]
        /// One fewer while a question is open.
        var answers: [String] = []
    }

    /// What one question cost.
    struct Sample: Sendable, Equatable {
        /// To the first token.
        var milliseconds: Double
        /// Until the caller has the whole answer of two tokens; stillwarm gives its answer of one when it has saved and probed.
        var total = 0.0
        var evaluated: Int
        /// What LocalCode says it did.
        var source: String?
    }

    /// Asks the open question.
    func ask(_ talk: inout Talk) throws -> Sample {
        switch speech {
        case .chat:
            let answer = try client.chat(Self.body(talk), headers: ["X-Session-Id: \(talk.id)"])
            talk.answers.append(answer.text)
            return Sample(
                milliseconds: Double(answer.firstToken ?? answer.total) / 1e6, total: Double(answer.total) / 1e6,
                evaluated: answer.evaluated ?? 0, source: answer.source)
        case .stillwarm:
            let answer = try client.post("/", ["session": .string(talk.id), "prompt": .string(Self.prompt(talk))])
            guard answer.status == 200, let view = try? JSONView(validating: answer.body),
                let milliseconds = view["first_ms"]?.double, let content = view["content"]?.string
            else { throw Failure("stillwarm answered with status \(answer.status)") }
            talk.answers.append(content)
            return Sample(
                milliseconds: milliseconds, total: view["total_ms"]?.double ?? milliseconds,
                evaluated: view["evaluated"]?.int ?? 0,
                source: view["restored"]?.bool == true ? "restored" : nil)
        }
    }

    static func body(_ talk: Talk) -> [UInt8] {
        var messages: [JSONValue] = []
        for (index, question) in talk.questions.enumerated() {
            messages.append(["role": "user", "content": .string(question)])
            if index < talk.answers.count {
                messages.append(["role": "assistant", "content": .string(talk.answers[index])])
            }
        }
        let body: JSONValue = [
            "model": "bench", "stream": true, "stream_options": ["include_usage": true], "temperature": 0,
            "max_tokens": 2, "messages": .array(messages),
        ]
        return body.bytes
    }

    /// The same for a model without a template.
    static func prompt(_ talk: Talk) -> String {
        var text = ""
        for (index, question) in talk.questions.enumerated() {
            text += "### Instruction:\n" + question + "\n\n### Response:\n"
            if index < talk.answers.count { text += talk.answers[index] + "\n\n" }
        }
        return text
    }
}

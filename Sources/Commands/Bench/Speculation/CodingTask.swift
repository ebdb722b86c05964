import LocalCodeCore

/// A piece of a coding agent's work that `bench spec` gives to the engine. Guessing ahead pays in some kinds and not in others:
/// an edited file repeats what the prompt holds, prose repeats nothing.
struct CodingTask: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case edit, function, prose, call

        /// What the report calls it.
        var title: String {
            switch self {
            case .edit: "edit a file"
            case .function: "write a function"
            case .prose: "answer in prose"
            case .call: "tool call in JSON"
            }
        }
    }

    var kind: Kind
    var system: String
    /// An answer of the model's from before, to the question that led to it.
    var before: Turn?
    var question: String
    /// The answer must be JSON of this schema.
    var schema: JSONValue?

    struct Turn: Sendable, Equatable {
        var question: String
        var answer: String
    }

    /// A task of a kind. Each variation is about something else, so that an engine which remembers what it wrote cannot repeat
    /// its answer of the last time.
    init(_ kind: Kind, variation: Int) {
        let names = CodingTexts.names[abs(variation % CodingTexts.names.count)]
        self.kind = kind
        switch kind {
        case .edit:
            system = CodingTexts.editSystem
            before = CodingTexts.shown(names)
            question = CodingTexts.edit(names)
        case .function:
            system = CodingTexts.functionSystem
            question = CodingTexts.function(names)
        case .prose:
            system = CodingTexts.proseSystem
            question = CodingTexts.prose(names)
        case .call:
            system = CodingTexts.callSystem
            question = CodingTexts.call(names)
            schema = CodingTexts.callSchema
        }
    }

    /// A chat request for it.
    /// - Parameter tokens: longest answer.
    func body(tokens: Int) -> JSONValue {
        let turns =
            (before.map { [("user", $0.question), ("assistant", $0.answer)] } ?? []) + [("user", question)]
        let messages = ([("system", system)] + turns).map { role, content -> JSONValue in
            ["role": .string(role), "content": .string(content)]
        }
        var body = BenchTask.body(messages: messages, tokens: tokens)
        if let schema {
            body["response_format"] = [
                "type": "json_schema", "json_schema": ["name": "tool_call", "strict": true, "schema": schema],
            ]
        }
        return body
    }

    /// `edit,prose`; each kind once, in the table's order.
    static func kinds(from text: String) throws(UsageError) -> [Kind] {
        var kinds: Set<Kind> = []
        for part in text.split(separator: ",") {
            guard let kind = Kind(rawValue: String(part)) else {
                let all = Kind.allCases.map(\.rawValue)
                throw UsageError(
                    "unknown task '\(part)'",
                    hint: Spelling.nearest(to: String(part), among: all).map { "did you mean '\($0)'?" }
                        ?? "there are \(all.joined(separator: ", "))")
            }
            kinds.insert(kind)
        }
        guard !kinds.isEmpty else { throw UsageError("--tasks is empty") }
        return Kind.allCases.filter(kinds.contains)
    }
}

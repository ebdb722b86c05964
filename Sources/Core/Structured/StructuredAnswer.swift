/// An answer that has to be JSON of a schema, where the model was told so and nothing makes it.
public struct StructuredAnswer: Sendable {
    /// What a text is worth.
    public enum Verdict: Sendable, Equatable {
        /// It satisfies the schema.
        case good
        /// So does this part of it; around it stand a fence or words.
        case inside(String)
        /// It does not: why, a sentence each.
        case bad([String])
    }

    /// As many problems as a model is told at once.
    private static let limit = 8

    private let schema: JSONSchema

    public init(_ schema: JSONSchema) { self.schema = schema }

    /// Holds a text against the schema.
    public func check(_ text: String) -> Verdict {
        let bytes = Array(text.utf8)
        var problems: [String] = []
        do {
            problems = sentences(try JSONValue(parsing: bytes))
            if problems.isEmpty { return .good }
        } catch {
            problems = ["the answer is no JSON: \(error)"]
        }
        guard let inside = Self.inside(bytes), let value = try? JSONValue(parsing: inside) else {
            return .bad(problems)
        }
        let insideProblems = sentences(value)
        return insideProblems.isEmpty ? .inside(String(decoding: inside, as: UTF8.self)) : .bad(insideProblems)
    }

    private func sentences(_ value: JSONValue) -> [String] {
        schema.problems(in: value, limit: Self.limit).map(\.description)
    }

    /// From the first bracket to the last one, where anything but space stands around them.
    private static func inside(_ bytes: [UInt8]) -> [UInt8]? {
        guard let start = bytes.firstIndex(where: { $0 == Byte.openBrace || $0 == Byte.openBracket }),
            let end = bytes.lastIndex(where: { $0 == Byte.closeBrace || $0 == Byte.closeBracket }), start < end,
            start > 0 || end < bytes.count - 1
        else { return nil }
        return Array(bytes[start...end])
    }

    // MARK: Asking again

    /// A whole answer with a text that satisfies the schema, if it can be had: from the answer, or by asking once more.
    /// - Parameters:
    ///   - answer: a chat completion of OpenAI's shape.
    ///   - again: sends the request again with the answer's text and what is wrong with it.
    /// - Returns: the answer to give, and a note for each thing that was done about it.
    /// - Throws: `CancellationError`; what `again` throws otherwise becomes a note.
    public func settle(
        _ answer: JSONValue, again: (_ text: String, _ problems: [String]) async throws -> JSONValue
    ) async throws -> (answer: JSONValue, notes: [String]) {
        guard let text = Self.text(of: answer) else { return (answer, []) }
        switch check(text) {
        case .good: return (answer, [])
        case .inside(let inside): return (Self.answer(answer, text: inside), [Self.cutOut])
        case .bad(let problems):
            let second: JSONValue
            do {
                second = try await again(text, problems)
            } catch let error as CancellationError {
                throw error
            } catch {
                return (answer, [Self.unsatisfied(problems), "asking again failed: \(error)"])
            }
            let asked = "asked again, because \(Self.unsatisfied(problems))"
            guard let secondText = Self.text(of: second) else { return (answer, [asked, "and got no other text"]) }
            switch check(secondText) {
            case .good: return (second, [asked])
            case .inside(let inside): return (Self.answer(second, text: inside), [asked, Self.cutOut])
            case .bad(let left):
                let isBetter = left.count <= problems.count
                return (isBetter ? second : answer, [asked, Self.unsatisfied(isBetter ? left : problems)])
            }
        }
    }

    private static let cutOut = "what stood around the answer's JSON was left out"

    private static func unsatisfied(_ problems: [String]) -> String {
        "the answer does not satisfy the schema: \(problems.joined(separator: ", "))"
    }

    /// The text of an answer that is complete; nil for one that was cut off or calls tools.
    static func text(of answer: JSONValue) -> String? {
        let choice = answer["choices"]?[0]
        guard choice?["finish_reason"]?.string == "stop", choice?["message"]?["tool_calls"]?.array?.isEmpty ?? true
        else { return nil }
        return choice?["message"]?["content"]?.string
    }

    private static func answer(_ answer: JSONValue, text: String) -> JSONValue {
        guard var choices = answer["choices"]?.array, var message = choices.first?["message"] else { return answer }
        var answer = answer
        message["content"] = .string(text)
        choices[0]["message"] = message
        answer["choices"] = .array(choices)
        return answer
    }
}

import LocalCodeCore

extension ChatRequestBody {
    /// What is wrong with an answer that was to fit a JSON schema; nil for one that does, and where none was asked for. A
    /// server may take the schema for advice.
    func complaint(about reply: ChatReply) -> Failure? {
        guard case .schema(let schema, _)? = shape else { return nil }
        let hint = reply.finish == "length" ? "the limit of tokens was reached: raise it with --max-tokens" : nil
        do throws(SchemaError) {
            switch StructuredAnswer(try JSONSchema(schema)).check(reply.text) {
            case .good: return nil
            case .inside: return Failure("the answer does not fit the schema: other text stands around it", hint: hint)
            case .bad(let problems):
                let text = TerminalText.neutralized(problems.joined(separator: "; "))
                return Failure("the answer does not fit the schema: \(text)", hint: hint)
            }
        } catch {
            return Failure("the answer cannot be checked: the schema's \(error)")
        }
    }
}

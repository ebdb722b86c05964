import LocalCodeCore

extension ChatRequestBody {
    /// What is wrong with an answer that ended: it is cut off, or it was to fit a JSON schema and does not. A server may take
    /// the schema for advice.
    func complaint(about reply: ChatReply) -> Failure? {
        switch reply.finish {
        case "length":
            return Failure(
                "the answer was cut off: the limit of tokens is reached",
                hint: maxTokens == nil ? nil : "raise it with --max-tokens")
        case "content_filter": return Failure("the answer was cut off by the server's content filter")
        default: break
        }
        guard case .schema(let schema, _)? = shape else { return nil }
        do throws(SchemaError) {
            switch StructuredAnswer(try JSONSchema(schema)).check(reply.text) {
            case .good: return nil
            case .inside: return Failure("the answer does not fit the schema: other text stands around it")
            case .bad(let problems):
                let text = TerminalText.neutralized(problems.joined(separator: "; "))
                return Failure("the answer does not fit the schema: \(text)")
            }
        } catch {
            return Failure("the answer cannot be checked: the schema's \(error)")
        }
    }
}

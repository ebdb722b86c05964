/// The form of the answer.
enum GLMFormatRules {
    /// GLM knows `json_object` and no schema: the schema is told to the model instead, and left for the answer's side to
    /// check.
    static func schema(_ draft: inout GLMDraft) {
        let format = draft.body["response_format"]
        if format?.isNull == true { draft.body["response_format"] = nil }
        // llama-server's spellings: `json_schema` in the body, and a `schema` beside `json_object`.
        let direct = draft.body["json_schema"]
        draft.body["json_schema"] = nil
        let given = format?["json_schema"].map { $0["schema"] ?? $0 } ?? format?["schema"] ?? direct
        guard let schema = given, schema.object != nil else { return }

        draft.body["response_format"] = ["type": "json_object"]
        draft.local.schema = schema
        let order = "Answer with one JSON value that satisfies this JSON schema, and with nothing else:\n"
        tell(order + String(decoding: schema.bytes, as: UTF8.self), &draft)
        draft.note("response_format json_schema became json_object: the schema is in the system message")
    }

    /// Adds a paragraph to the last system message, or a system message.
    private static func tell(_ paragraph: String, _ draft: inout GLMDraft) {
        guard draft.body["messages"]?.array != nil else { return }
        var messages = draft.messages
        if let place = messages.lastIndex(where: { $0["role"]?.string == "system" }) {
            let before = messages[place]["content"]?.string ?? ""
            messages[place]["content"] = .string(before.isEmpty ? paragraph : before + "\n\n" + paragraph)
        } else {
            messages.insert(["role": "system", "content": .string(paragraph)], at: 0)
        }
        draft.messages = messages
    }
}

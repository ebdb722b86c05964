/// A question for the arguments of a call once more, where what the model wrote could not be repaired.
///
/// It is the request with two messages more. The tools stay in it, or the engine would have to read all of it again; that
/// none of them is to be called, and the schema of the answer, are no part of the prompt.
struct ToolRetry: Sendable {
    let tool: String
    /// The request to send.
    let body: [UInt8]

    /// The longest arguments to show the model again, in characters.
    private static let longest = 20_000

    /// Nil where there is no schema to ask for.
    init?(_ chat: ChatRequest, tool: String, arguments: String, problems: [String], schema: JSONValue?) {
        guard let schema, let messages = chat.body["messages"], arguments.count <= Self.longest else { return nil }
        let call: JSONValue = ["role": "assistant", "content": .string(arguments)]
        let text = """
            These arguments for the tool \(tool) cannot be used: \(problems.prefix(4).joined(separator: "; ")). \
            Answer with the corrected arguments, as one JSON object and nothing else.
            """
        let question: JSONValue = ["role": "user", "content": .string(text)]
        let format: JSONValue = [
            "type": "json_schema", "json_schema": ["name": .string(tool), "schema": schema],
        ]
        var list = Array(messages.text.dropLast())
        for message in [call, question] { list += [Byte.comma] + message.bytes }
        list.append(Byte.closeBracket)
        self.tool = tool
        body = chat.body.editing([
            .set("messages", list), .set("tool_choice", JSONText.quoted("none")),
            .set("response_format", format.bytes), .set("stream", Array("false".utf8)), .remove("stream_options"),
            .remove("parallel_tool_calls"), .remove("return_progress"), .remove("logprobs"), .remove("top_logprobs"),
            .remove("timings_per_token"),
        ])
    }

    /// The arguments in an answer; nil if it has none or was cut off.
    func arguments(in answer: JSONValue) -> String? {
        let choice = answer["choices"]?[0]
        guard choice?["finish_reason"]?.string == "stop", let text = choice?["message"]?["content"]?.string,
            let view = try? JSONView(validating: Array(text.utf8)), view.kind == .object
        else { return nil }
        return String(decoding: view.text, as: UTF8.self)
    }
}

import LocalCodeCore

/// The body of a chat request.
struct ChatRequestBody: Sendable, Equatable {
    var model: String?
    /// The conversation, the system message included.
    var messages: [JSONValue]
    /// Whether the answer is to come as a stream.
    var isStreaming = true
    var maxTokens: Int?
    var temperature: Double?
    /// What the answer has to look like.
    var shape: Shape?

    /// A constraint on the answer.
    enum Shape: Sendable, Equatable {
        /// A JSON schema, under a name that tells the model what it is.
        case schema(JSONValue, name: String)
        /// GBNF, llama-server's own field.
        case grammar(String)
    }

    /// The JSON text.
    var bytes: [UInt8] {
        var body = JSONObject()
        if let model { body["model"] = .string(model) }
        body["messages"] = .array(messages)
        body["stream"] = isStreaming ? true : false
        if isStreaming { body["stream_options"] = ["include_usage": true] }
        if let maxTokens { body["max_tokens"] = .number(maxTokens) }
        if let temperature { body["temperature"] = .number(temperature) }
        switch shape {
        case .schema(let schema, let name)?:
            body["response_format"] = [
                "type": "json_schema", "json_schema": ["name": .string(name), "strict": true, "schema": schema],
            ]
        case .grammar(let grammar)?: body["grammar"] = .string(grammar)
        case nil: break
        }
        return JSONValue.object(body).bytes
    }

    /// A schema's name from the path of its file: OpenAI takes `^[a-zA-Z0-9_-]{1,64}$`.
    static func schemaName(path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        let stem = file.hasSuffix(".json") ? file.dropLast(5) : file
        let name = stem.prefix(64).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
        return name.isEmpty ? "answer" : String(name)
    }
}

import LocalCodeCore

/// A question that every set-up of an engine is asked.
struct BenchTask: Sendable {
    /// The group it is reported in.
    var group: String
    /// A chat request.
    var body: JSONValue

    /// A chat request whose prompt is read from its beginning, and whose answer is the same each time.
    static func body(messages: [JSONValue], tokens: Int) -> JSONValue {
        [
            "model": "bench", "stream": true, "stream_options": ["include_usage": true], "temperature": 0,
            "cache_prompt": false, "max_tokens": .number(tokens), "messages": .array(messages),
        ]
    }

    /// A question of about so many tokens that is answered with exactly so many.
    static func text(_ name: String, text: BenchText, tokens: Int, answer: Int) -> JSONValue {
        var body = body(
            messages: [["role": "user", "content": .string(text.text(name, tokens: tokens))]], tokens: answer)
        body["ignore_eos"] = true
        return body
    }

    /// What a freshly started engine is asked first: it touches its memory and its kernels, and nothing of it is counted.
    static let warmUp = text("warm up", text: BenchText(), tokens: 48, answer: 24)
}

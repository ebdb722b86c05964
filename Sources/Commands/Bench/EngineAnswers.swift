/// What the bench's upstream says: llama-server's answers, as short as they can be and still be taken for one.
enum EngineAnswers {
    /// Slots it claims to have, so that no proxy queues requests for one.
    static let slots = 512

    /// A whole response to a GET request.
    static func get(_ path: String) -> [UInt8] {
        switch path.prefix(while: { $0 != "?" }) {
        case "/health", "/v1/health": json(#"{"status":"ok"}"#)
        case "/v1/models", "/models":
            json(
                #"{"object":"list","data":[{"id":"bench","object":"model","created":1767225600,"owned_by":"llamacpp","#
                    + #""meta":{"n_vocab":151552,"n_ctx_train":131072,"n_embd":4096,"n_params":31221488640}}]}"#)
        case "/props":
            json(
                #"{"default_generation_settings":{"params":{},"n_ctx":131072},"total_slots":\#(slots),"#
                    + #""model_alias":"bench","model_path":"bench.gguf","modalities":{"vision":false,"audio":false},"#
                    + #""chat_template":"","chat_template_caps":{"supports_tools":true,"supports_tool_calls":true},"#
                    + #""bos_token":"","eos_token":"","build_info":"b9870-bench","is_sleeping":false}"#)
        case "/slots":
            json(
                "["
                    + (0..<slots).map { #"{"id":\#($0),"n_ctx":131072,"speculative":false,"is_processing":false}"# }
                    .joined(separator: ",") + "]")
        default: notFound
        }
    }

    static let notFound = json(
        #"{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}"#, status: "404 Not Found")

    /// A whole response to a chat request that does not stream.
    static let completion = json(
        #"{"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"The header is checked "#
            + #"before the loop:\n\n```c\nif (len < 2) return -EINVAL;\n```\n\nSo a line of one byte is refused."}}],"#
            + #""created":1767225600,"model":"bench","system_fingerprint":"b9870-bench","object":"chat.completion","#
            + #""usage":{"completion_tokens":41,"prompt_tokens":212,"total_tokens":253,"prompt_tokens_details":"#
            + #"{"cached_tokens":180}},"id":"chatcmpl-jVmuXK2zGyoBEqXgtFvCgKN4UqYbzCeh","timings":\#(timings)}"#)

    private static let timings =
        #"{"cache_n":180,"prompt_n":32,"prompt_ms":25.2,"prompt_per_token_ms":0.787,"prompt_per_second":1269.8,"#
        + #""predicted_n":41,"predicted_ms":640.1,"predicted_per_token_ms":15.6,"predicted_per_second":64.05}"#

    /// The head of a response that streams.
    static let streamHead = Array(
        ("HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n").utf8)

    /// The end of a stream: finish reason with timings, usage, end mark, last chunk of the transfer.
    static let streamEnd: [UInt8] =
        chunk(
            "data: "
                + event(
                    choices: #"[{"finish_reason":"stop","index":0,"delta":{}}]"#, fingerprint: "bench",
                    more: #","timings":\#(timings)"#))
        + chunk(
            "data: "
                + event(
                    choices: "[]", fingerprint: "bench",
                    more: #","usage":{"completion_tokens":41,"prompt_tokens":212,"total_tokens":253}"#))
        + chunk("data: [DONE]\n\n") + Array("0\r\n\r\n".utf8)

    /// The bytes of one streamed token, with the place of its stamp.
    struct Token: Sendable {
        let bytes: [UInt8]
        let stampOffset: Int
    }

    /// Tokens as a model writes code with; a stream goes round them.
    static let tokens: [Token] = [
        "The", " header", #"\n\n"#, #"```c\n"#, "static", " int", " parse", "_header", "(const", " char",
        #" *line, \""#,
        #"\\n"#, #"\t\t"#, "return", " -1;", " naïve",
    ].map { content in
        let stamp = "~" + String(repeating: "0", count: TokenStamp.digits)
        let bytes = chunk(
            "data: "
                + event(
                    choices: #"[{"finish_reason":null,"index":0,"delta":{"content":"\#(content)"}}]"#,
                    fingerprint: stamp,
                    more: ""))
        return Token(bytes: bytes, stampOffset: (bytes.firstIndex(of: TokenStamp.mark) ?? 0) + 1)
    }

    private static func event(choices: String, fingerprint: String, more: String) -> String {
        #"{"choices":\#(choices),"created":1767225600,"id":"chatcmpl-jVmuXK2zGyoBEqXgtFvCgKN4UqYbzCeh","model":"bench","#
            + #""system_fingerprint":"b9870-\#(fingerprint)","object":"chat.completion.chunk"\#(more)}"# + "\n\n"
    }

    private static func chunk(_ text: String) -> [UInt8] {
        Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8)
    }

    private static func json(_ text: String, status: String = "200 OK") -> [UInt8] {
        Array(
            ("HTTP/1.1 \(status)\r\nServer: llama.cpp\r\nContent-Type: application/json; charset=utf-8\r\n"
                + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)").utf8)
    }
}

/// What a chat request asks the bench's upstream for, read from the first bytes of the body alone: an upstream that parsed
/// whole bodies would be the slowest part of the measurement.
struct StreamOrder: Equatable {
    var tokens: Int
    var intervalNanoseconds: UInt64

    /// How much of the body is looked at.
    static let prefixLength = 256

    /// - Returns: nil where no stream is asked for.
    init?(bodyPrefix: [UInt8]) {
        guard let flag = Self.value(of: "stream", in: bodyPrefix), flag.first == 0x74 else { return nil }
        tokens = Self.integer(of: "max_tokens", in: bodyPrefix) ?? 32
        intervalNanoseconds = UInt64(Self.integer(of: ChatBody.intervalField, in: bodyPrefix) ?? 0) * 1_000
    }

    private static func integer(of key: String, in bytes: [UInt8]) -> Int? {
        value(of: key, in: bytes).flatMap {
            Int(String(decoding: $0.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
        }
    }

    private static func value(of key: String, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        bytes.firstRange(of: Array("\"\(key)\":".utf8)).map { bytes[$0.upperBound...].drop { $0 == 0x20 } }
    }
}

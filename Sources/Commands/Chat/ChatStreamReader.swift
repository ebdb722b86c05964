import LocalCodeCore

/// Reads the answers of OpenAI-compatible servers, streamed or whole, into pieces. Fields it does not know are passed over.
struct ChatStreamReader: Sendable {
    private var parser = ServerSentEventParser()
    /// Whether the answer has come to its end: a finish reason or `[DONE]`.
    private(set) var isComplete = false

    /// The pieces that these bytes of an event stream complete.
    /// - Throws: `Failure` when the server sends no events that make sense.
    mutating func push(_ bytes: [UInt8]) throws -> [ChatPiece] {
        let events: [ServerSentEvent]
        do {
            events = try parser.push(bytes)
        } catch {
            throw Failure("the server sent an event of more than \(ByteCount(bytes: error.limit))")
        }
        var pieces: [ChatPiece] = []
        for event in events {
            if event.isDone {
                isComplete = true
            } else if !event.data.isEmpty {
                pieces += try take(event)
            }
        }
        return pieces
    }

    private mutating func take(_ event: ServerSentEvent) throws -> [ChatPiece] {
        guard let chunk = try? JSONView(validating: event.data), chunk.kind == .object else {
            guard event.event != "error" else { return [.error(ChatServerError(Self.preview(event.data)))] }
            throw Failure("the server sent an event that is no JSON object: \(Self.preview(event.data))")
        }
        if let error = ChatServerError(body: chunk) { return [.error(error)] }
        if event.event == "error" { return [.error(ChatServerError(Self.preview(event.data)))] }
        return Self.pieces(chunk, noting: &isComplete)
    }

    /// The pieces of an answer that came whole.
    /// - Throws: `Failure` when it is none.
    static func pieces(ofAnswer body: [UInt8]) throws -> [ChatPiece] {
        guard let answer = try? JSONView(validating: body), answer.kind == .object else {
            throw Failure("the server answered something that is no JSON object: \(preview(body))")
        }
        if let error = ChatServerError(body: answer) { return [.error(error)] }
        guard answer["choices"]?.kind == .array else {
            throw Failure(
                "the server's answer has no choices: \(preview(body))", hint: "is this the URL of a chat server?")
        }
        var ignored = false
        return pieces(answer, noting: &ignored)
    }

    private static func pieces(_ chunk: JSONView, noting isComplete: inout Bool) -> [ChatPiece] {
        var pieces: [ChatPiece] = []
        for choice in chunk["choices"]?.array ?? [] where choice["index"]?.int ?? 0 == 0 {
            if let message = choice["delta"] ?? choice["message"] { pieces += Self.pieces(message) }
            if let reason = choice["finish_reason"]?.string {
                pieces.append(.finish(reason))
                isComplete = true
            }
        }
        if let usage = chunk["usage"], let prompt = usage["prompt_tokens"]?.int {
            let cached = usage["prompt_tokens_details"]?["cached_tokens"]?.int
            pieces.append(
                .usage(ChatUsage(prompt: prompt, cached: cached, completion: usage["completion_tokens"]?.int ?? 0)))
        }
        return pieces
    }

    private static func pieces(_ message: JSONView) -> [ChatPiece] {
        var pieces: [ChatPiece] = []
        // llama-server, GLM and DeepSeek say reasoning_content; OpenRouter and vLLM say reasoning, some send both.
        let reasoning = message["reasoning_content"]?.string ?? message["reasoning"]?.string
        if let reasoning, !reasoning.isEmpty { pieces.append(.reasoning(reasoning)) }
        if let text = message["content"]?.string, !text.isEmpty { pieces.append(.text(text)) }
        for (position, call) in (message["tool_calls"]?.array ?? []).enumerated() {
            let function = call["function"]
            pieces.append(
                .toolCall(
                    index: call["index"]?.int ?? position, name: function?["name"]?.string,
                    arguments: function?["arguments"]?.string ?? ""))
        }
        return pieces
    }

    /// The beginning of what a server said, on one line.
    static func preview(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
        return TerminalText.neutralized(text.isEmpty ? "(nothing)" : bytes.count > 200 ? text + "…" : text)
    }
}

extension ChatServerError {
    init(_ message: String) { self.init(message: message, type: nil, code: nil) }

    /// The error in a body or event; nil where it carries none. Besides OpenAI's object: a bare string (Ollama), and the GLM
    /// gateway's `{"code":1000,"msg":"…","success":false}`, which comes with status 200.
    init?(body: JSONView) {
        guard body.kind == .object else { return nil }
        if let error = body["error"], !error.isNull {
            let message = error.string ?? error["message"]?.string
            self.init(
                message: message ?? ChatStreamReader.preview(Array(error.text)), type: error["type"]?.string,
                code: error["code"].flatMap(Self.scalar))
        } else if body["success"]?.bool == false {
            self.init(
                message: body["msg"]?.string ?? "the server refuses", type: nil, code: body["code"].flatMap(Self.scalar)
            )
        } else {
            return nil
        }
    }

    private static func scalar(_ value: JSONView) -> String? {
        switch value.kind {
        case .string: value.string
        case .number: String(decoding: value.text, as: UTF8.self)
        default: nil
        }
    }
}

extension JSONView {
    fileprivate var array: [JSONView] { kind == .array ? Array(elements) : [] }
}

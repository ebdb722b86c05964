import LocalCodeCore

/// A conversation as a coding agent has it: each turn sends everything said so far, and what is answered becomes part of
/// it the way OpenCode sends it back.
public struct Conversation: Sendable {
    /// What was said.
    public private(set) var messages: [JSONValue] = []
    /// Members of every request besides the messages.
    public var options: JSONValue

    /// - Parameters:
    ///   - tools: What the model may call.
    ///   - tokens: How many an answer may have; a call of a tool takes about 60.
    public init(system: String?, tools: JSONValue? = nil, tokens: Int = 12) {
        if let system { messages.append(["role": "system", "content": .string(system)]) }
        options = ["temperature": 0, "max_tokens": .number(tokens)]
        if let tools { options["tools"] = tools }
    }

    /// The body of the next request.
    public var body: JSONValue {
        var body = options
        body["messages"] = .array(messages)
        return body
    }

    /// Adds what the user says; after a call of tools, what they gave.
    public mutating func say(_ text: String) {
        guard let calls = messages.last?["tool_calls"]?.array else {
            messages.append(["role": "user", "content": .string(text)])
            return
        }
        for call in calls {
            messages.append(["role": "tool", "tool_call_id": call["id"] ?? .null, "content": .string(text)])
        }
    }

    /// Adds an answer.
    public mutating func hear(_ reply: Reply) { messages.append(reply.message) }

    /// It without what was said last.
    public func dropLast() -> Conversation {
        var shorter = self
        shorter.messages.removeLast()
        return shorter
    }

    /// Says this, waits for the answer, and adds both.
    @discardableResult
    public mutating func ask(
        _ text: String, _ url: String, stream: Bool = true, members: JSONValue = [:], headers: HTTPHeaders = [:]
    ) async throws -> Reply {
        say(text)
        let reply = try await send(url, stream: stream, members: members, headers: headers)
        hear(reply)
        return reply
    }

    /// Sends what was said so far, and adds nothing.
    /// - Parameter members: More members of this request.
    public func send(
        _ url: String, stream: Bool = true, members: JSONValue = [:], headers: HTTPHeaders = [:]
    ) async throws -> Reply {
        var body = body
        for (name, value) in members.object ?? [:] { body[name] = value }
        if stream {
            body["stream"] = true
            body["stream_options"] = ["include_usage": true]
        }
        let answer = try await TestHTTP(url).post("/v1/chat/completions", body, headers: headers)
        guard answer.status == 200 else { throw TestKitError("\(answer.status): \(answer.text)") }
        guard stream else { return Reply(answer.json, headers: answer.headers) }
        let events = answer.events
        guard events.last?.isDone == true else { throw TestKitError("the stream broke off: \(answer.text)") }
        return Reply(try events.dropLast().map { try JSONValue(parsing: $0.data) }, headers: answer.headers)
    }
}

/// An answer, and what was said about the cache.
public struct Reply: Sendable {
    /// The assistant's message, as the next request has it.
    public let message: JSONValue
    /// The tokens of the prompt; 0 when not told.
    public let promptTokens: Int
    /// The tokens of the answer; 0 when not told.
    public let answerTokens: Int
    /// Those of the prompt that did not have to be read; 0 when not told.
    public let cachedTokens: Int
    /// The logarithms of the tokens' probabilities, where asked for.
    public let logProbabilities: [Double]
    /// The fields of the answer's head.
    public let headers: HTTPHeaders
    /// `x-localcode-cache`.
    public let receipt: ReceiptHeader?
    /// `x-localcode-slot`.
    public let slot: Int?

    /// What was said in words.
    public var text: String { message["content"]?.string ?? "" }

    /// A whole answer.
    init(_ answer: JSONValue, headers: HTTPHeaders) {
        let choice = answer["choices"]?[0]
        var message: JSONValue = ["role": "assistant", "content": choice?["message"]?["content"] ?? ""]
        for name in ["reasoning_content", "tool_calls"] {
            if let value = choice?["message"]?[name], !value.isNull { message[name] = value }
        }
        self.init(message, usage: answer["usage"], probabilities: Self.probabilities(choice), headers: headers)
    }

    /// A streamed answer.
    init(_ chunks: [JSONValue], headers: HTTPHeaders) {
        var content = ""
        var reasoning = ""
        var calls: [(id: String, name: String, arguments: String)] = []
        var usage: JSONValue?
        var probabilities: [Double] = []
        for chunk in chunks {
            usage = chunk["usage"].flatMap { $0.isNull ? nil : $0 } ?? usage
            guard let choice = chunk["choices"]?[0] else { continue }
            probabilities += Self.probabilities(choice)
            let delta = choice["delta"]
            content += delta?["content"]?.string ?? ""
            reasoning += delta?["reasoning_content"]?.string ?? ""
            for call in delta?["tool_calls"]?.array ?? [] {
                let index = call["index"]?.int ?? 0
                while calls.count <= index { calls.append(("", "", "")) }
                calls[index].id += call["id"]?.string ?? ""
                calls[index].name += call["function"]?["name"]?.string ?? ""
                calls[index].arguments += call["function"]?["arguments"]?.string ?? ""
            }
        }
        var message: JSONValue = ["role": "assistant", "content": .string(content)]
        if !reasoning.isEmpty { message["reasoning_content"] = .string(reasoning) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(
                calls.map {
                    let function: JSONValue = ["name": .string($0.name), "arguments": .string($0.arguments)]
                    return ["id": .string($0.id), "type": "function", "function": function]
                })
        }
        self.init(message, usage: usage, probabilities: probabilities, headers: headers)
    }

    private init(_ message: JSONValue, usage: JSONValue?, probabilities: [Double], headers: HTTPHeaders) {
        self.message = message
        promptTokens = usage?["prompt_tokens"]?.int ?? 0
        answerTokens = usage?["completion_tokens"]?.int ?? 0
        cachedTokens = usage?["prompt_tokens_details"]?["cached_tokens"]?.int ?? 0
        logProbabilities = probabilities
        self.headers = headers
        receipt = headers["x-localcode-cache"].map { ReceiptHeader($0) }
        slot = headers["x-localcode-slot"].flatMap { Int($0) }
    }

    private static func probabilities(_ choice: JSONValue?) -> [Double] {
        choice?["logprobs"]?["content"]?.array?.compactMap { $0["logprob"]?.double } ?? []
    }
}

/// The header `x-localcode-cache`: `restored; expected=4010; actual=4006; restore_ms=12.3`.
public struct ReceiptHeader: Sendable, Equatable {
    /// `resident`, `restored` or `cold`.
    public let source: String
    /// The numbers behind it.
    public let numbers: [String: Double]

    init(_ field: String) {
        let parts = field.split(separator: ";").map { $0.drop { $0 == " " } }
        source = parts.first.map(String.init) ?? ""
        numbers = parts.dropFirst().reduce(into: [:]) { numbers, part in
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { numbers[String(pair[0])] = Double(pair[1]) }
        }
    }
}

extension LlamaServer {
    /// Why llama-server did not do what it was asked.
    public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// The HTTP status; 0 where no answer came.
        public let status: Int
        /// llama-server's words, or ours where it had none.
        public let message: String

        public var description: String { message }

        /// Whether it was started without this feature.
        public var isUnsupported: Bool { status == 501 }
    }

    /// What `GET /slots` tells of a slot.
    public struct SlotStatus: Sendable, Equatable {
        public let id: Int
        /// Tokens it has room for.
        public let context: Int
        public let isProcessing: Bool
        /// Whether a draft model or an n-gram kind is at work.
        public let isSpeculative: Bool
        /// Tokens whose KV state it holds; nil when it never ran a task, and then it may still hold a restored state.
        public let tokens: Int?
    }

    /// What llama-server says of a saved or restored state.
    public struct SlotFile: Sendable, Equatable {
        /// Tokens that were saved or restored.
        public let tokens: Int
        /// Bytes that were written or read.
        public let bytes: Int
        /// What it took by the engine's clock, seconds.
        public let seconds: Double
    }

    /// The slots, in their order.
    /// - Throws: `Refusal`.
    public func slots(within limit: Duration = .seconds(60)) async throws -> [SlotStatus] {
        let list = try await json("GET", "/slots", within: limit)
        guard list.kind == .array else { throw Refusal(status: 200, message: "/slots is not a list") }
        return list.elements.compactMap { slot in
            guard let id = slot["id"]?.int else { return nil }
            return SlotStatus(
                id: id, context: slot["n_ctx"]?.int ?? 0, isProcessing: slot["is_processing"]?.bool ?? false,
                isSpeculative: slot["speculative"]?.bool ?? false, tokens: slot["n_prompt_tokens"]?.int)
        }
    }

    /// How many tokens a slot holds once it is idle. A request whose client has gone ends at the engine's next step.
    /// - Returns: nil when the engine does not answer or stays busy.
    func tokensHeld(in slot: Int) async -> Int? {
        for attempt in 0..<200 {
            guard let status = try? await slots().first(where: { $0.id == slot }) else { return nil }
            if !status.isProcessing { return status.tokens }
            try? await Task.sleep(for: .milliseconds(min(100, 5 + attempt * 5)))
        }
        return nil
    }

    /// Saves the slot's KV state to a file in the server's `--slot-save-path`. Waits while the slot is busy.
    /// - Throws: `Refusal`; `isUnsupported` without that directory.
    public func save(slot: Int, to file: String) async throws -> SlotFile {
        let answer = try await act("save", slot: slot, file: file)
        return SlotFile(
            tokens: answer["n_saved"]?.int ?? 0, bytes: answer["n_written"]?.int ?? 0,
            seconds: (answer["timings"]?["save_ms"]?.double ?? 0) / 1000)
    }

    /// Restores the slot's KV state from a file. When it fails, the slot is empty afterwards, whatever it held.
    /// - Throws: `Refusal`.
    public func restore(slot: Int, from file: String) async throws -> SlotFile {
        let answer = try await act("restore", slot: slot, file: file)
        return SlotFile(
            tokens: answer["n_restored"]?.int ?? 0, bytes: answer["n_read"]?.int ?? 0,
            seconds: (answer["timings"]?["restore_ms"]?.double ?? 0) / 1000)
    }

    private func act(_ action: String, slot: Int, file: String) async throws -> JSONView {
        let body: JSONValue = ["filename": .string(file)]
        return try await json("POST", "/slots/\(slot)?action=\(action)", body: body)
    }

    /// Forgets what the slot holds.
    /// - Throws: `Refusal`.
    public func erase(slot: Int) async throws {
        _ = try await json("POST", "/slots/\(slot)?action=erase", body: [:])
    }

    /// What was read to evaluate a prompt.
    public struct Evaluation: Sendable, Equatable {
        /// Tokens of the prompt that were in the slot already.
        public let cached: Int
        /// Tokens that were read.
        public let read: Int
        /// Time that took, milliseconds.
        public let milliseconds: Double
    }

    /// Reads a prompt into a slot, so that the slot holds exactly its state. llama-server makes one token on top, which it
    /// does not read.
    /// - Throws: `Refusal`.
    public func evaluate(_ tokens: [Int], slot: Int) async throws -> Evaluation {
        let body: JSONValue = [
            "prompt": .array(tokens.map { .number($0) }), "n_predict": 0, "id_slot": .number(slot),
            "cache_prompt": true, "response_fields": ["timings"],
        ]
        let timings = try await json("POST", "/completion", body: body)["timings"]
        return Evaluation(
            cached: timings?["cache_n"]?.int ?? 0, read: timings?["prompt_n"]?.int ?? 0,
            milliseconds: timings?["prompt_ms"]?.double ?? 0)
    }

    /// The text that the chat template makes of a chat request's body.
    /// - Throws: `Refusal`.
    public func prompt(of chat: [UInt8]) async throws -> String {
        guard let prompt = try await json("POST", "/apply-template", bytes: chat)["prompt"]?.string else {
            throw Refusal(status: 200, message: "/apply-template gave no prompt")
        }
        return prompt
    }

    /// A prompt's tokens, as a completion would read them.
    /// - Throws: `Refusal`.
    public func tokens(of prompt: String) async throws -> [Int] {
        let body: JSONValue = ["content": .string(prompt), "add_special": true, "parse_special": true]
        guard let list = try await json("POST", "/tokenize", body: body)["tokens"], list.kind == .array else {
            throw Refusal(status: 200, message: "/tokenize gave no tokens")
        }
        return list.elements.compactMap(\.int)
    }

    /// A GET whose answer is JSON.
    /// - Throws: `Refusal`.
    func json(_ path: String, within limit: Duration = .seconds(10)) async throws -> JSONView {
        try await json("GET", path, within: limit)
    }

    private func json(_ method: String, _ path: String, body: JSONValue) async throws -> JSONView {
        try await json(method, path, bytes: body.bytes)
    }

    private func json(
        _ method: String, _ path: String, bytes: [UInt8]? = nil, within limit: Duration = .seconds(3600)
    ) async throws -> JSONView {
        let response: HTTPResponse
        let answer: [UInt8]
        do {
            response = try await send(method, path, body: bytes, idleTimeout: limit)
            answer = try await response.body.collect(upTo: 256 << 20)
        } catch let error as HTTPClientError {
            throw Refusal(status: 0, message: error.message)
        }
        let view = try? JSONView(validating: answer)
        guard response.status == 200 else {
            throw Refusal(
                status: response.status,
                message: view?["error"]?["message"]?.string ?? "llama-server answered with status \(response.status)")
        }
        guard let view else { throw Refusal(status: 200, message: "\(path) answered with something that is not JSON") }
        return view
    }
}

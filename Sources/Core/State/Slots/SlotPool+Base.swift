extension SlotPool {
    /// System messages and tools, which every new session of a project begins with, get a state of their own as soon as a
    /// second conversation begins with them. It is made in the slot of that conversation, in front of its own prompt, so that
    /// no token is read for it that would not have been read anyway.
    /// - Returns: the tokens that were read for it.
    func keepBase(of request: SlotRequest, in slot: Int) async -> Int {
        let boundaries = request.chain.boundaries
        guard boundaries.count > 1, request.isKept, canRestore else { return 0 }
        let content = slots.first { $0.id == slot }?.content
        // In a slot with more of this conversation than its beginning, that would be thrown away.
        guard (content?.sharedCount(with: request.chain) ?? 0) <= 1 else { return 0 }
        guard costs.isWorthSaving(tokens: costs.promptTokens(bytes: boundaries[0].bytes)) else { return 0 }
        let isWanted = await work.run { [store] in
            do {
                let count = try store.seenBase(boundaries[0].digest, conversation: boundaries[1].digest)
                return try count >= 2 && store.entry(key: boundaries[0].digest) == nil
            } catch {
                return false
            }
        }
        guard isWanted else { return 0 }
        do {
            return try await readBase(of: request, into: slot)?.read ?? 0
        } catch {
            note(.init(text: "cannot keep the beginning of a conversation: \(error)", isWarning: true))
            return 0
        }
    }

    /// Reads the base of a request into a slot and saves it.
    /// - Returns: how many tokens had to be read for it; nil when there is too little of it to be worth a file.
    func readBase(of request: SlotRequest, into slot: Int) async throws -> (
        read: Int, saved: Task<StateEntry?, Never>?
    )? {
        let tokens = try await baseTokens(of: request.body)
        guard tokens.count >= 32 else { return nil }
        let evaluation = try await server.evaluate(tokens, slot: slot)
        costs.observe(prefill: evaluation.read, seconds: evaluation.milliseconds / 1000)
        let base = request.chain.boundaries[0]
        var content = SlotContent(
            boundaries: [StateBoundary(digest: base.digest, bytes: base.bytes, tokens: tokens.count)], requestCount: 1,
            tokens: tokens.count, isStored: true, isReusable: false, session: request.session,
            used: SystemTime.monotonic(), model: request.model, title: "system prompt and tools", storedEntry: nil)
        setContent(content, of: slot)
        content.origin = request.stateOrigin(answer: nil)
        return (evaluation.read, await save(slot, content, kind: .base))
    }

    /// The tokens that every prompt with these system messages and tools begins with: what two prompts have in common that
    /// differ in nothing but the first user message. The last one is left out, because it can grow together with what
    /// follows.
    private func baseTokens(of body: JSONView) async throws -> [Int] {
        let first = try await tokens(of: body, saying: "1")
        let second = try await tokens(of: body, saying: "x")
        return Array(zip(first, second).prefix { $0 == $1 }.map(\.0).dropLast())
    }

    private func tokens(of body: JSONView, saying word: String) async throws -> [Int] {
        var messages: [JSONValue] = []
        for message in body["messages"]?.elements.prefix(while: Self.isInstruction) ?? [] {
            messages.append(JSONValue(message))
        }
        messages.append(["role": "user", "content": .string(word)])
        let prompt = try await server.prompt(of: body.editing([.set("messages", JSONValue.array(messages).bytes)]))
        return try await server.tokens(of: prompt)
    }

    private static func isInstruction(_ message: JSONView) -> Bool {
        message["role"]?.equals("system") == true || message["role"]?.equals("developer") == true
    }
}

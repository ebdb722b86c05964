extension SlotPool {
    /// What a request would find here at this moment.
    public struct Outlook: Sendable, Equatable {
        /// About how many tokens its prompt has.
        public var promptTokens = 0
        /// Tokens of it whose KV state is in a slot.
        public var warmTokens = 0
        /// Tokens of it whose state is on the disk, and what restoring it takes.
        public var storedTokens = 0
        public var restoreSeconds = 0.0
        /// Tokens a second while a prompt is read; nil: not measured yet.
        public var prefillRate: Double?
        /// Requests that would have to end first: 0 where a slot is free.
        public var ahead = 0
        /// Slots there are.
        public var slots = 0
    }

    /// Looks at what is there for a request; changes nothing.
    /// - Returns: nil when the engine does not tell what it is.
    public nonisolated func outlook(_ chat: ChatRequest, origin: RequestOrigin, model: String) async -> Outlook? {
        guard let opened = try? await open() else { return nil }
        let chain = PrefixChain(chat, fingerprint: opened.identity.fingerprint.digest)
        return await outlook(SlotRequest(chat, chain: chain, origin: origin, model: model))
    }

    private func outlook(_ request: SlotRequest) -> Outlook {
        var outlook = Outlook()
        let stored = stored(for: request)
        let question = PlacementQuestion(
            chain: request.chain, session: request.session,
            slots: slots.map { .init(id: $0.id, isFree: isFree($0), content: $0.content) }, stored: stored,
            costs: costs, canSave: canRestore)
        outlook.promptTokens = question.promptTokens
        let warm = slots.compactMap { slot -> Int? in
            guard let content = slot.content else { return nil }
            let shared = content.sharedCount(with: request.chain)
            return shared > 0 ? content.tokens(upTo: shared - 1).count : nil
        }
        outlook.warmTokens = warm.max() ?? 0
        if let best = stored.max(by: { $0.shared.count < $1.shared.count }), best.shared.count > outlook.warmTokens {
            outlook.storedTokens = best.shared.count
            outlook.restoreSeconds = costs.restoreSeconds(bytes: best.bytes)
        }
        outlook.prefillRate = costs.prefill
        outlook.slots = slots.count
        outlook.ahead = slots.contains(where: isFree) ? 0 : queue.order.count + 1
        return outlook
    }

    /// The part of the slots that is busy, from 0 to 1; nil: there are none.
    public var load: Double? {
        slots.isEmpty ? nil : Double(slots.count { !isFree($0) }) / Double(slots.count)
    }
}

extension SlotPool {
    /// What a control function cannot do, for the person who asked.
    public struct ControlError: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// A slot, as `state` commands show it.
    public struct SlotReport: Sendable, Equatable {
        public let id: Int
        /// `idle`, `busy` or `foreign`.
        public let state: String
        /// Tokens it holds, as far as is known.
        public let tokens: Int
        /// The digest of its deepest boundary.
        public let key: Digest?
        /// The digest of its system messages and tools.
        public let base: Digest?
        public let title: String
        /// Whether it holds something that is to be saved, and is not yet.
        public let isDirty: Bool
        /// Whether what it holds is saved when it gives way: a title is not, nor what hardly ever comes back.
        public let isKept: Bool
    }

    /// The slots as they stand.
    public func report() async throws -> (identity: EngineIdentity, slots: [SlotReport]) {
        let engine = try await open()
        await look()
        let reports = slots.map { slot in
            return SlotReport(
                id: slot.id, state: slot.use != nil ? "busy" : isForeign(slot) ? "foreign" : "idle",
                tokens: slot.content?.tokens ?? 0, key: slot.content?.boundaries.last?.digest,
                base: slot.content?.boundaries.first?.digest, title: slot.content?.title ?? "",
                isDirty: slot.content.map { !$0.isStored && $0.isReusable } ?? false,
                isKept: slot.content.map { $0.isStored || $0.isReusable } ?? false)
        }
        return (engine.identity, reports)
    }

    /// Saves a slot under a name.
    /// - Parameters:
    ///   - slot: its number; nil: by `conversation`, or the one that was used last.
    ///   - conversation: the beginning of a key, in hexadecimal, that one of its boundaries has.
    /// - Throws: `ControlError`.
    public func save(named name: String, slot: Int?, conversation: String?) async throws -> StateEntry {
        try await checkUsable()
        let chosen = try chosenSlot(slot, conversation)
        guard chosen.use == nil else {
            throw ControlError(description: "slot \(chosen.id) is busy: try again when its answer has ended")
        }
        guard chosen.content != nil else { throw ControlError(description: "slot \(chosen.id) holds nothing known") }
        guard let entry = await saveNow(chosen.id, kind: .named, name: name) else {
            throw ControlError(description: "the engine or the store refused; the log of localcode serve says why")
        }
        return entry
    }

    private func chosenSlot(_ slot: Int?, _ conversation: String?) throws -> Slot {
        if let slot {
            guard let found = slots.first(where: { $0.id == slot }) else {
                let ids = slots.map { String($0.id) }.joined(separator: ", ")
                throw ControlError(description: "there is no slot \(slot); there are \(ids)")
            }
            return found
        }
        let filled = slots.filter { $0.content != nil }
        if let conversation {
            let found = filled.filter { slot in
                slot.content?.boundaries.contains { $0.digest.hex.hasPrefix(conversation.lowercased()) } ?? false
            }
            guard let latest = found.max(by: { ($0.content?.used ?? 0) < ($1.content?.used ?? 0) }) else {
                throw ControlError(description: "no slot holds the conversation \(conversation)")
            }
            return latest
        }
        guard let latest = filled.max(by: { ($0.content?.used ?? 0) < ($1.content?.used ?? 0) }) else {
            throw ControlError(description: "no slot holds anything yet")
        }
        return latest
    }

    /// Restores a state into a slot.
    /// - Parameter slot: nil: an empty one, or else the one that was used longest ago, whose content is saved first.
    /// - Returns: the slot, and what it took in milliseconds.
    /// - Throws: `ControlError`.
    public func load(_ entry: StateEntry, slot: Int?) async throws -> (slot: Int, milliseconds: Double) {
        try await checkUsable()
        let free = usableSlots
        let chosen =
            slot.map { wanted in free.filter { $0.id == wanted } } ?? free
        guard
            let target = chosen.min(by: { left, right in
                (left.content?.used ?? 0) < (right.content?.used ?? 0)
            })
        else {
            throw ControlError(description: slot.map { "slot \($0) is busy, or there is none" } ?? "every slot is busy")
        }
        await saveNow(target.id)
        guard usableSlots.contains(where: { $0.id == target.id }) else {
            throw ControlError(description: "slot \(target.id) was taken by a request meanwhile: try again")
        }
        take(target.id, for: .upkeep)
        defer {
            release(target.id)
            pump()
        }
        let start = SystemTime.monotonic()
        setContent(nil, of: target.id)
        guard let restored = await restore(entry.id, into: target.id) else {
            throw ControlError(description: "the state could not be restored; the log of localcode serve says why")
        }
        setContent(
            SlotContent(
                boundaries: restored.boundaries, requestCount: restored.boundaries.count, tokens: restored.tokens,
                isStored: true, isReusable: true, session: nil, used: SystemTime.monotonic(), model: restored.model,
                title: restored.title, storedEntry: restored.id), of: target.id)
        return (target.id, (SystemTime.monotonic() - start) * 1000)
    }

    private func checkUsable() async throws {
        let engine = try await open()
        await look()
        guard engine.canSave else {
            throw ControlError(description: "the engine cannot save states: start llama-server with --slot-save-path")
        }
    }

    // MARK: Warming up

    /// What warming up gave for one state.
    public struct Warmed: Sendable, Equatable {
        public let entry: StateEntry
        /// Whether it was in the store already.
        public let wasThere: Bool
        /// What it took, seconds.
        public let seconds: Double
    }

    /// Makes sure that a request's system messages and tools, and its conversation if it has one, are in the store and can
    /// be read.
    /// - Throws: `ControlError`, `APIError`.
    public nonisolated func warm(_ chat: ChatRequest, model: String) async throws -> [Warmed] {
        try await checkUsable()
        let opened = try await open()
        let chain = PrefixChain(chat, fingerprint: opened.identity.fingerprint.digest)
        let request = SlotRequest(chat, chain: chain, origin: RequestOrigin(), model: model)
        var warmed: [Warmed] = []
        let isOnlyBase = chain.boundaries.count == 1
        for isBase in isOnlyBase ? [true] : [true, false] {
            let key = isBase ? chain.base : chain.key
            if let there = try await verified(key) {
                warmed.append(Warmed(entry: there, wasThere: true, seconds: 0))
            } else if let made = try await make(request, isBase: isBase) {
                warmed.append(made)
            }
        }
        guard !warmed.isEmpty else {
            throw ControlError(description: "there is too little to keep: fewer than 32 tokens")
        }
        return warmed
    }

    /// The state of this key, when its file is whole.
    private func verified(_ key: Digest) async throws -> StateEntry? {
        try await work.run { [store, exchange] in
            guard let entry = try store.entry(key: key), entry.quarantine == nil,
                let ticket = try? exchange.beginRestore(entry)
            else { return nil }
            exchange.endRestore(ticket)
            return entry
        }
    }

    private func make(_ request: SlotRequest, isBase: Bool) async throws -> Warmed? {
        let start = SystemTime.monotonic()
        let slot = try await slotForUpkeep(like: request)
        await cleanse(slot)
        defer {
            release(slot)
            pump()
        }
        let saved: Task<StateEntry?, Never>?
        if isBase {
            guard let base = try await readBase(of: request, into: slot) else { return nil }
            saved = base.saved
        } else {
            saved = try await readPrompt(of: request, into: slot)
        }
        guard let entry = await saved?.value else {
            throw ControlError(description: "the state could not be saved; the log says why")
        }
        guard await restore(entry.id, into: slot) != nil else {
            setContent(nil, of: slot)
            throw ControlError(description: "the state was saved but cannot be restored; the log says why")
        }
        noteStored(entry, in: slot)
        return Warmed(entry: entry, wasThere: false, seconds: SystemTime.monotonic() - start)
    }

    private func readPrompt(of request: SlotRequest, into slot: Int) async throws -> Task<StateEntry?, Never>? {
        let tokens = try await server.tokens(of: server.prompt(of: Array(request.body.text)))
        guard tokens.count >= 32 else { return nil }
        let evaluation = try await server.evaluate(tokens, slot: slot)
        costs.observe(prefill: evaluation.read, seconds: evaluation.milliseconds / 1000)
        var boundaries = request.chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) }
        boundaries[boundaries.count - 1].tokens = tokens.count
        let content = SlotContent(
            boundaries: boundaries, requestCount: boundaries.count, tokens: tokens.count, isStored: false,
            isReusable: true, session: nil, used: SystemTime.monotonic(), model: request.model, title: request.title,
            storedEntry: nil)
        setContent(content, of: slot)
        return await save(slot, content, kind: .conversation)
    }

    /// A slot for work of our own, with what is there saved: the one that begins like the request, an empty one, or the one
    /// that was used longest ago. Waits for one.
    private func slotForUpkeep(like request: SlotRequest) async throws -> Int {
        while true {
            let free = usableSlots
            func rank(_ slot: Slot) -> (Int, Double) {
                (slot.content?.sharedCount(with: request.chain) ?? 0, -(slot.content?.used ?? 0))
            }
            if let best = free.max(by: { rank($0) < rank($1) }) {
                await saveNow(best.id)
                if let now = slots.first(where: { $0.id == best.id }), now.use == nil {
                    take(best.id, for: .upkeep)
                    return best.id
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            await look()
        }
    }
}

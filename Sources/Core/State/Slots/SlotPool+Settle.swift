extension SlotPool {
    /// Gives the slot back.
    /// - Returns: what the cache did.
    public func settle(_ lease: SlotLease, _ outcome: SlotOutcome) async -> CacheReceipt {
        var receipt = lease.receipt
        let usage = outcome.usage
        receipt.actual = usage.cached.map(lease.found) ?? receipt.actual
        measure(lease, usage)
        receipt.complete(costs)
        var content: SlotContent?
        if lease.slot == nil {
            // The engine chose: what was known of its idle slots may be gone.
            for index in slots.indices where slots[index].use == nil {
                slots[index].content = nil
                slots[index].seen = nil
            }
        } else if let slot = lease.slot {
            content = await self.content(after: lease, outcome, slot: slot)
            // Another run of the engine knows nothing of this request.
            if engine?.identity.run != lease.run { content = nil }
            if slots.first(where: { $0.id == slot })?.isTainted == true { content = nil }
            setContent(content, of: slot)
            if outcome.end == .complete { judge(lease, receipt) }
            release(slot)
            pump()
            saveWhenIdle(slot)
        }
        journal(lease, receipt, usage, content)
        return receipt
    }

    private func measure(_ lease: SlotLease, _ usage: Usage) {
        if let read = usage.read, let seconds = usage.promptSeconds {
            costs.observe(prefill: read, seconds: seconds)
        }
        if let prompt = usage.prompt, let last = lease.request.chain.boundaries.last {
            costs.observe(promptBytes: last.bytes, tokens: prompt)
        }
    }

    /// What the slot holds now. After an answer that came to its end this follows from its token counts; otherwise the engine
    /// is asked, as soon as it has noticed that nobody listens any more.
    private func content(after lease: SlotLease, _ outcome: SlotOutcome, slot: Int) async -> SlotContent? {
        let request = lease.request
        var chain = request.chain
        let count = chain.boundaries.count
        if let answer = outcome.answer { chain = chain.appending(answer) }
        var boundaries = chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) }
        for (index, known) in knownTokens(of: chain, slot: slot).enumerated() { boundaries[index].tokens = known }
        // What comes next shares a part of a gap's surroundings, and nobody knows which.
        if !request.isInfill { boundaries[count - 1].tokens = outcome.usage.prompt }
        var tokens = (outcome.usage.prompt ?? 0) + max(0, (outcome.usage.completion ?? 0) - 1)
        if outcome.end == .refused {
            guard let content = slots.first(where: { $0.id == slot })?.content,
                await server.tokensHeld(in: slot) == content.tokens
            else { return nil }
            return content
        }
        if outcome.end == .cut || outcome.usage.prompt == nil {
            guard let held = await server.tokensHeld(in: slot), held > 0 else { return nil }
            tokens = held
            if let prompt = outcome.usage.prompt, held >= prompt {
                // It was cut in its answer.
            } else {
                boundaries = Self.boundaries(boundaries, within: held, costs)
            }
        }
        guard !boundaries.isEmpty else { return nil }
        let origin = request.stateOrigin(answer: outcome.answer)
        return SlotContent(
            boundaries: boundaries, requestCount: min(count, boundaries.count), tokens: tokens, isStored: false,
            isReusable: origin.map { admission(of: $0, tokens: tokens).isAdmitted } ?? false,
            session: request.session, used: SystemTime.monotonic(), model: request.model, title: request.title,
            storedEntry: lease.restoredEntry ?? previousEntry(of: chain, slot: slot), origin: origin)
    }

    /// Tokens up to the boundaries that were in the slot before.
    private func knownTokens(of chain: PrefixChain, slot: Int) -> [Int?] {
        guard let content = slots.first(where: { $0.id == slot })?.content else { return [] }
        return content.boundaries.prefix(content.sharedCount(with: chain)).map(\.tokens)
    }

    private func previousEntry(of chain: PrefixChain, slot: Int) -> Int64? {
        guard let content = slots.first(where: { $0.id == slot })?.content else { return nil }
        return content.isContinued(by: chain, session: nil) ? content.storedEntry : nil
    }

    /// Those that end within so many tokens, by what is known and else by length.
    static func boundaries(_ all: [StateBoundary], within tokens: Int, _ costs: EngineCosts) -> [StateBoundary] {
        Array(all.prefix { ($0.tokens ?? costs.promptTokens(bytes: $0.bytes)) <= tokens })
    }

    /// Notes whether a restored state was of use.
    private func judge(_ lease: SlotLease, _ receipt: CacheReceipt) {
        guard let entry = lease.restoredEntry else { return }
        guard receipt.isMiss else {
            return work.post { [store] in try? store.recordUse(entry, secondsSaved: receipt.savedSeconds ?? 0) }
        }
        // What was restored ahead may have been lost meanwhile: the state is not to blame.
        guard receipt.source == .restored else { return }
        let reason =
            "it was restored, but the engine reused \(receipt.actual ?? 0) of \(receipt.expected?.floor ?? 0) tokens"
        work.post { [store, note] in
            let isQuarantined = (try? store.recordMiss(entry, reason: reason)) ?? false
            let outcome = isQuarantined ? ": quarantined, because that is the second time" : ""
            note(.init(text: "state \(entry) was of no use: \(reason)\(outcome)", isWarning: true))
        }
    }

    private func journal(_ lease: SlotLease, _ receipt: CacheReceipt, _ usage: Usage, _ content: SlotContent?) {
        // A keystroke is nothing to ask about later.
        guard let engine, !lease.request.isInfill else { return }
        let request = lease.request
        let chain = request.chain.boundaries
        let known = content?.boundaries.prefix(chain.count).map(\.tokens) ?? []
        let record = RequestRecord(
            time: SystemTime.wall(), fingerprint: engine.identity.fingerprint.digest,
            conversation: chain[min(1, chain.count - 1)].digest, session: request.session, model: request.model,
            key: request.chain.key,
            boundaries: chain.enumerated().map { index, boundary in
                StateBoundary(
                    digest: boundary.digest, bytes: boundary.bytes, tokens: index < known.count ? known[index] : nil)
            },
            placement: receipt.source.rawValue, expectedTokens: receipt.expected?.count ?? 0,
            actualTokens: receipt.actual, promptTokens: usage.prompt,
            restoreMilliseconds: receipt.restoreMilliseconds, savedSeconds: receipt.savedSeconds ?? 0,
            body: Array(request.body.document))
        let resident = resident(content, in: lease.slot, engine)
        work.post { [store, note] in
            do {
                try store.noteReturn(of: record.boundaries)
                try store.append(record)
                if let resident { try store.note(resident) }
            } catch {
                note(.init(text: "cannot note a request: \(error)", isWarning: true))
            }
        }
    }

    private func resident(_ content: SlotContent?, in slot: Int?, _ engine: Engine) -> ResidentRecord? {
        guard case .attached = source, let run = engine.identity.run, let slot, let content else { return nil }
        return ResidentRecord(
            run: run, slot: slot, tokens: content.tokens, boundaries: content.boundaries,
            requestCount: content.requestCount, session: content.session, model: content.model, title: content.title)
    }
}

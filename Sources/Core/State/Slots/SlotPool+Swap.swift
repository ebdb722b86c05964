extension SlotPool {
    /// Brings a request's state into its slot. Whatever fails here costs prefill, never the request.
    func prepare(_ request: SlotRequest, _ placement: Placement, id: Int) async -> SlotLease {
        let slot = placement.slot
        await saveBeforeTheyAreCleared(except: slot)
        var lease = SlotLease(
            id: id, slot: slot, receipt: CacheReceipt(source: .cold, slot: slot, expected: placement.expected),
            request: request)
        lease.run = engine?.identity.run
        noteDeparture(from: slot, for: request)
        if placement.savesFirst { await save(slot) }
        await cleanse(slot)
        switch placement.source {
        case .cold: break
        case .resident:
            lease.receipt.source = .resident
            lease.restoredEntry = baseAhead(in: slot)
        case .stored(let entry): await restore(entry, into: slot, &lease)
        case .copied(let other):
            if let entry = await save(other)?.value {
                noteStored(entry, in: other)
                await restore(entry.id, into: slot, &lease)
            }
            release(other)
        }
        if lease.receipt.source == .cold { lease.receipt.expected = TokenCount(0, floor: 0) }
        lease.readBefore = await keepBase(of: request, in: slot)
        return lease
    }

    private func restore(_ entry: Int64, into slot: Int, _ lease: inout SlotLease) async {
        setContent(nil, of: slot)
        let start = SystemTime.monotonic()
        guard let restored = await restore(entry, into: slot) else { return }
        lease.receipt.source = .restored
        lease.receipt.restoreMilliseconds = (SystemTime.monotonic() - start) * 1000
        lease.restoredEntry = entry
        var content = SlotContent(
            boundaries: restored.boundaries, requestCount: restored.boundaries.count, tokens: restored.tokens,
            isStored: true, isReusable: true, session: lease.request.session, used: SystemTime.monotonic(),
            model: restored.model, title: restored.title, storedEntry: entry, origin: restored.origin)
        content.requestCount = content.sharedCount(with: lease.request.chain)
        setContent(content, of: slot)
    }

    /// Restores a state; the slot is empty when that fails.
    func restore(_ entry: Int64, into slot: Int) async -> StateEntry? {
        do {
            let begun = epoch
            guard try await isSameRun() else { return nil }
            let fingerprint = engine?.identity.fingerprint.digest
            let ticket = try await work.run { [store, exchange] () -> StateExchange.RestoreTicket? in
                guard let entry = try store.entry(entry), entry.fingerprint == fingerprint else { return nil }
                return try exchange.beginRestore(entry)
            }
            guard let ticket else { return nil }
            defer { work.post { [exchange] in exchange.endRestore(ticket) } }
            let start = SystemTime.monotonic()
            let file = try await server.restore(slot: slot, from: ticket.name)
            let seconds = SystemTime.monotonic() - start
            guard file.tokens == ticket.entry.tokens, file.bytes == ticket.entry.stateBytes else {
                let reason =
                    "\(file.tokens) tokens and \(file.bytes) bytes were restored, \(ticket.entry.tokens) and "
                    + "\(ticket.entry.stateBytes) had been saved"
                quarantine(entry, reason)
                try await server.erase(slot: slot)
                return nil
            }
            // Adapters that were scaled meanwhile make it a state of another engine.
            guard begun == epoch else { return nil }
            noteClean(slot)
            costs.observe(restore: file.bytes, seconds: file.seconds)
            note(
                .init(
                    text: "restored \(file.tokens) tokens into slot \(slot) in \(Self.milliseconds(seconds)) ms"
                        + quoted(ticket.entry.title), isWarning: false))
            return ticket.entry
        } catch let refusal as LlamaServer.Refusal where refusal.status == 400 {
            quarantine(entry, "the engine refused it: \(refusal.message)")
        } catch {
            note(.init(text: "cannot restore a state into slot \(slot): \(error)", isWarning: true))
        }
        return nil
    }

    private func quarantine(_ entry: Int64, _ reason: String) {
        note(.init(text: "state \(entry) quarantined: \(reason)", isWarning: true))
        work.post { [store] in try? store.quarantine(entry, reason: reason) }
    }

    // MARK: Saving

    /// Saves what a slot holds. Returns when the engine has written it; the store has it when the task has ended.
    /// - Returns: nil when it could not be saved, which has then been said.
    @discardableResult func save(
        _ slot: Int, kind: StateKind = .conversation, name: String? = nil
    ) async -> Task<StateEntry?, Never>? {
        guard let content = slots.first(where: { $0.id == slot })?.content else { return nil }
        return await save(slot, content, kind: kind, name: name)
    }

    func save(
        _ slot: Int, _ content: SlotContent, kind: StateKind, name: String? = nil
    ) async -> Task<StateEntry?, Never>? {
        guard let engine, engine.canSave else { return nil }
        let ticket: StateExchange.SaveTicket
        do {
            guard try await isSameRun() else { return nil }
            let expected = costs.stateBytes.map { Int($0) * content.tokens } ?? 0
            ticket = try await work.run { [exchange] in try exchange.beginSave(expecting: expected) }
        } catch {
            note(.init(text: "cannot save slot \(slot) (\(content.tokens) tokens): \(error)", isWarning: true))
            return nil
        }
        do {
            let start = SystemTime.monotonic()
            let file = try await server.save(slot: slot, to: ticket.name)
            let seconds = SystemTime.monotonic() - start
            guard file.tokens > 0 else {
                work.post { [exchange] in exchange.abandon(ticket) }
                wasCleared(slot)
                return nil
            }
            costs.observe(save: file.bytes, tokens: file.tokens, seconds: file.seconds)
            let what = "\(file.tokens) tokens of slot \(slot) in \(Self.milliseconds(seconds)) ms"
            note(.init(text: "saved \(what)\(quoted(content.title))", isWarning: false))
            let description = StateDescription(
                fingerprint: engine.identity.fingerprint,
                boundaries: Array(content.boundaries.prefix { ($0.tokens ?? 0) <= file.tokens + Self.tolerance }),
                kind: kind, name: name, model: content.model, title: content.title,
                prefillSeconds: costs.prefillSeconds(file.tokens), origin: content.origin)
            return commit(ticket, description, file, replacing: kind == .conversation ? content.storedEntry : nil)
        } catch {
            work.post { [exchange] in exchange.abandon(ticket) }
            note(.init(text: "cannot save slot \(slot) (\(content.tokens) tokens): \(error)", isWarning: true))
            return nil
        }
    }

    /// Hands a written state to the store, which takes as long as the disk needs.
    private func commit(
        _ ticket: StateExchange.SaveTicket, _ description: StateDescription, _ file: LlamaServer.SlotFile,
        replacing older: Int64?
    ) -> Task<StateEntry?, Never>? {
        guard !description.boundaries.isEmpty else {
            work.post { [exchange] in exchange.abandon(ticket) }
            return nil
        }
        commitCount += 1
        let id = commitCount
        let canRewind = engine?.record.ability != .checkpoints
        let task = Task { [exchange, store, commitWork, note] () -> StateEntry? in
            let entry = await commitWork.run { () -> StateEntry? in
                do {
                    let entry = try exchange.commit(
                        ticket, description, tokens: file.tokens, written: file.bytes)
                    if canRewind, let older { try? store.supersede(older, by: entry.id) }
                    return entry
                } catch {
                    note(.init(text: "cannot save a state of \(file.tokens) tokens: \(error)", isWarning: true))
                    return nil
                }
            }
            self.commits[id] = nil
            return entry
        }
        commits[id] = task
        return task
    }

    /// Waits for states that are on their way to the store.
    func finishCommits() async {
        for task in Array(commits.values) { _ = await task.value }
    }

    /// The engine emptied a slot by itself.
    func wasCleared(_ slot: Int) {
        setContent(nil, of: slot)
        guard engine?.clearsIdleSlots == false else { return }
        engine?.clearsIdleSlots = true
        note(
            .init(
                text: "the engine empties idle slots when a request starts: states are saved before that. "
                    + "Start llama-server with --no-cache-idle-slots and it keeps them", isWarning: true))
    }

    private func saveBeforeTheyAreCleared(except slot: Int) async {
        guard engine?.clearsIdleSlots == true else { return }
        for other in slots where other.id != slot && other.use == nil {
            guard let content = other.content else { continue }
            if !content.isStored, isWorthSaving(content) {
                take(other.id, for: .upkeep)
                await save(other.id)
                release(other.id)
            }
            noteDeparture(from: other.id)
            setContent(nil, of: other.id)
        }
    }

    func isWorthSaving(_ content: SlotContent) -> Bool {
        content.isReusable && costs.isWorthSaving(tokens: content.tokens)
    }

    /// The store has what the slot holds.
    func noteStored(_ entry: StateEntry, in slot: Int) {
        guard let index = slots.firstIndex(where: { $0.id == slot }) else { return }
        slots[index].content?.isStored = true
        slots[index].content?.storedEntry = entry.id
    }

    func setContent(_ content: SlotContent?, of slot: Int) {
        guard let index = slots.firstIndex(where: { $0.id == slot }) else { return }
        slots[index].content = content
    }

    static func milliseconds(_ seconds: Double) -> String { CacheReceipt.decimal(seconds * 1000, 1) }

    func quoted(_ title: String) -> String {
        title.isEmpty || !settings.quotesTitles ? "" : ": \(String(title.prefix(40)))"
    }
}

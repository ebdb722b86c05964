extension SlotPool {
    /// Waits for a slot and for the request's state to be in it.
    /// - Throws: `APIError` 503 when too many wait, `Ended`, `CancellationError`. A slot that was given must be settled.
    public nonisolated func acquire(
        _ chat: ChatRequest, origin: RequestOrigin, model: String
    ) async throws -> SlotLease {
        // Several answers to one prompt run in several slots, which the engine chooses.
        let answers = chat.body["n"]?.int ?? chat.body["n_cmpl"]?.int ?? 1
        while true {
            let opened = try await openedIfPossible()
            // The engine answers while the digests are made.
            async let looked: Void = look()
            let fingerprint = opened?.identity.fingerprint.digest ?? SHA256.digest([])
            let chain = PrefixChain(chat, fingerprint: fingerprint)
            let request = SlotRequest(chat, chain: chain, origin: origin, model: model)
            let canPin = opened?.canSave == true && answers <= 1
            await looked
            if let lease = try await enter(request, canPin: canPin) { return lease }
        }
    }

    /// - Returns: nil when the engine does not tell what it is.
    private func openedIfPossible() async throws -> Engine? {
        do { return try await open() } catch let error as Ended { throw error } catch { return nil }
    }

    /// - Returns: nil when the engine turns out to be another run than the one that the request's chain is made for.
    private func enter(_ request: SlotRequest, canPin: Bool) async throws -> SlotLease? {
        nextID += 1
        let id = nextID
        guard canPin else {
            return SlotLease(id: id, slot: nil, receipt: CacheReceipt(source: .cold), request: request)
        }
        if !request.isInfill { await finishCommits() }
        guard !isEnded else { throw Ended() }
        guard engine != nil else { return nil }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = RequestQueue.Waiter(id: id, lane: request.lane, session: request.session)
                guard queue.add(waiter) else {
                    let error = APIError(
                        status: 503, message: "\(queue.limit) requests are waiting for the engine already",
                        code: "queue_full", headers: ["Retry-After": "5"])
                    return continuation.resume(throwing: error)
                }
                waiting[id] = Waiting(request: request, continuation: continuation)
                pump()
            }
        } onCancel: {
            Task { await self.leave(id) }
        }
    }

    private func leave(_ id: Int) {
        guard queue.remove(id), let gone = waiting.removeValue(forKey: id) else { return }
        gone.continuation.resume(throwing: CancellationError())
    }

    /// Gives slots to those whose turn it is.
    func pump() {
        for waiter in queue.order {
            guard slots.contains(where: isFree) else { break }
            guard let waits = waiting[waiter.id], let placement = place(waits.request) else { continue }
            queue.serve(waiter.id)
            waiting[waiter.id] = nil
            take(placement.slot, for: .request(waits.request.chain, waits.request.lane))
            if waits.request.isInfill { keepLane(placement.slot) }
            if case .copied(let other) = placement.source { take(other, for: .upkeep) }
            Task {
                let lease = await self.prepare(waits.request, placement, id: waiter.id)
                waits.continuation.resume(returning: lease)
            }
        }
        watchForeigners()
    }

    private func place(_ request: SlotRequest) -> Placement? {
        guard isAdmitted(request), !slots.contains(where: { isWorthWaiting(for: $0, request) }) else { return nil }
        let usable = Set(usableSlots(for: request).map(\.id))
        let question = PlacementQuestion(
            chain: request.chain, session: request.session,
            slots: slots.map { slot in
                .init(id: slot.id, isFree: usable.contains(slot.id), content: slot.content)
            },
            stored: stored(for: request), costs: costs, canSave: canRestore)
        return question.answer()
    }

    /// Whether its lane may have another slot.
    private func isAdmitted(_ request: SlotRequest) -> Bool {
        // The slot of those who fill gaps is nobody else's, busy or not.
        let hidden = request.isInfill ? nil : infillSlot
        var busy: [RequestLane: Int] = [:]
        for slot in slots where slot.id != hidden {
            if case .request(_, let lane) = slot.use { busy[lane, default: 0] += 1 }
        }
        return settings.lanes.admits(
            request.lane, slots: slots.count - (hidden == nil ? 0 : 1), busy: busy,
            isOverdue: queue.isOverdue(request.lane))
    }

    /// Whether what the request goes on with is in a slot that will be free in a moment: its last turn is ending there, or it
    /// is being saved.
    private func isWorthWaiting(for slot: Slot, _ request: SlotRequest) -> Bool {
        switch slot.use {
        case .request(let chain, _):
            chain.boundaries.count < request.chain.boundaries.count
                && chain.sharedCount(with: request.chain) == chain.boundaries.count
        case .upkeep: slot.content?.isContinued(by: request.chain, session: nil) ?? false
        case nil: false
        }
    }

    /// The slots that can be taken now. Somebody else's are taken only where there is no other, not because the others are
    /// busy.
    var usableSlots: [Slot] {
        let areAllForeign = slots.allSatisfy(isForeign)
        return slots.filter { isFree($0) && (areAllForeign || !isForeign($0)) }
    }

    func isForeign(_ slot: Slot) -> Bool {
        slot.isForeignBusy || (slot.content == nil && slot.foreignUntil > SystemTime.monotonic())
    }

    func isFree(_ slot: Slot) -> Bool { slot.use == nil && !slot.isForeignBusy }

    var canRestore: Bool { engine.map { $0.canSave && $0.record.ability != EngineRecord.Ability.none } ?? false }

    /// The states that begin like this request. Not asked for where a slot has all of the conversation.
    func stored(for request: SlotRequest) -> [PlacementQuestion.Stored] {
        guard canRestore, !request.isInfill,
            !slots.contains(where: {
                isFree($0) && $0.content?.isContinued(by: request.chain, session: nil) == true
            })
        else { return [] }
        do {
            let fingerprint = engine?.identity.fingerprint.digest
            return try store.matches(request.chain, limit: 8).compactMap { match in
                guard match.entry.fingerprint == fingerprint else { return nil }
                return .init(id: match.entry.id, shared: sharedTokens(match), bytes: match.entry.stateBytes)
            }
        } catch {
            note(.init(text: "cannot look for states: \(error)", isWarning: true))
            return []
        }
    }

    /// How much of a state a request can use.
    private func sharedTokens(_ match: StateMatch) -> TokenCount {
        let entry = match.entry
        let shared = TokenCount(upTo: match.boundary, in: entry.boundaries, total: entry.tokens)
        let isWhole = match.boundary == entry.boundaries.count - 1
        guard engine?.record.ability == .checkpoints, !isWhole else { return shared }
        let checkpoint = entry.checkpoints.last { $0 <= shared.count } ?? 0
        return TokenCount(checkpoint, floor: 0)
    }

    func take(_ slot: Int, for use: Use) {
        guard let index = slots.firstIndex(where: { $0.id == slot }) else { return }
        idleTasks.removeValue(forKey: slot)?.cancel()
        slots[index].use = use
        slots[index].foreignUntil = 0
        slots[index].version += 1
    }

    func release(_ slot: Int) {
        guard let index = slots.firstIndex(where: { $0.id == slot }) else { return }
        slots[index].use = nil
        slots[index].seen = nil
        slots[index].version += 1
    }
}

extension SlotPool {
    /// Looks at the slots of an engine that others can use too: what they took is left to them, and what they, or a restart,
    /// changed is not counted on. An engine of our own has no other clients.
    func look() async {
        if case .managed = source { return }
        let versions = slots.map(\.version)
        guard engine?.canSave == true, let now = try? await server.slots() else { return }
        guard now.count == slots.count else { return forget() }
        for (index, status) in now.enumerated() where slots[index].version == versions[index] {
            observe(status, at: index)
        }
    }

    private func observe(_ status: LlamaServer.SlotStatus, at index: Int) {
        guard slots[index].use == nil else { return }
        slots[index].isForeignBusy = status.isProcessing
        let held = status.tokens ?? 0
        guard let content = slots[index].content else {
            let isChanged = held > 0 && slots[index].seen.map { $0 != held } ?? false
            if status.isProcessing || isChanged { noteForeigner(at: index) }
            slots[index].seen = held
            return
        }
        switch Finding(status, content) {
        case .foreign: noteForeigner(at: index)
        case .busy: break
        case .held(let tokens): slots[index].content?.tokens = tokens
        case .cleared: wasCleared(slots[index].id)
        case .unused where baseAhead(in: slots[index].id) == nil:
            // Nothing was restored into it either: this is another run of the engine.
            forget()
        case .unused: break
        }
    }

    /// What the engine's word on a slot means for what the slot is known to hold.
    enum Finding: Equatable {
        /// Somebody else has used it.
        case foreign
        /// It works, and holds what is known: llama-server tells of its slots also in the middle of a step, so that an answer
        /// which has come to its end may still be running.
        case busy
        /// So many tokens.
        case held(Int)
        case cleared
        /// It never ran anything.
        case unused

        init(_ status: LlamaServer.SlotStatus, _ content: SlotContent) {
            let held = status.tokens ?? 0
            let isKnown = held != 0 && abs(held - content.tokens) <= SlotPool.tolerance
            self =
                switch (status.isProcessing, status.tokens) {
                case (true, _): isKnown ? .busy : .foreign
                case (false, nil): .unused
                case (false, 0): .cleared
                case (false, _): isKnown ? .held(held) : .foreign
                }
        }
    }

    /// Our count of an answer's tokens can be off by those that were made and not read.
    static let tolerance = 16

    /// Somebody else's slot is left alone for so long after they used it.
    private static let foreignPause = 600.0

    private func noteForeigner(at index: Int) {
        if slots[index].foreignUntil < SystemTime.monotonic() {
            note(.init(text: "slot \(slots[index].id) is used by somebody else: it is left alone", isWarning: false))
        }
        slots[index].content = nil
        slots[index].seen = nil
        slots[index].foreignUntil = SystemTime.monotonic() + Self.foreignPause
    }

    /// Whether the engine is the one that the slots are known of. Asked before a state is given to it or taken from it:
    /// llama-server takes any state of the right shape, so a server that was restarted with another model must not get one.
    func isSameRun() async throws -> Bool {
        guard let engine else { return false }
        if case .managed = source { return true }
        let props = try await server.json("/props")
        guard props["media_marker"]?.string == engine.identity.run, engine.identity.run != nil else {
            forget()
            note(.init(text: "the engine was restarted: its slots are empty", isWarning: false))
            return false
        }
        return true
    }
}

extension SlotPool {
    /// The engine's; nil when it does not tell.
    func fingerprint() async -> Digest? { try? await open().identity.fingerprint.digest }

    /// Finds out what the engine is and what its slots hold.
    func readEngine() async throws -> Engine {
        let begun = epoch
        let status: [LlamaServer.SlotStatus]
        do {
            status = try await server.slots(within: .seconds(10))
        } catch let refusal as LlamaServer.Refusal where [400, 404, 501].contains(refusal.status) {
            status = []
        }
        let identity = try await EngineIdentity.read(server, source)
        let canSave = await canSaveStates(status)
        let record = await knownRecord(of: identity)
        if !canSave {
            note(
                .init(
                    text: "the engine cannot save states (llama-server needs --slot-save-path): "
                        + "it chooses slots by itself, and states are lost when it ends", isWarning: true))
        } else if !identity.isDurable {
            note(
                .init(
                    text: "states are kept for this run of the engine only: nothing tells how it was started. "
                        + "Say it with --engine-id, and change that whenever its options change", isWarning: true))
        }
        let opened = Engine(identity: identity, record: record, canSave: canSave && !status.isEmpty)
        let residents = await residents(of: identity, status)
        // Somebody changed it while we were asking.
        guard begun == epoch else { return try await readEngine() }
        slots = status.map { [before = slots] status in
            var slot = Slot(id: status.id, context: status.context)
            slot.content = residents[status.id]
            // Whoever has it gives it back, also when the engine was restarted in between.
            slot.use = before.first { $0.id == status.id }?.use
            slot.isTainted = before.first { $0.id == status.id }?.isTainted ?? false
            slot.seen = status.tokens ?? 0
            // An engine of our own has no other clients.
            guard case .attached = source else { return slot }
            slot.isForeignBusy = status.isProcessing
            if slot.content == nil, (status.tokens ?? 0) > 0 || status.isProcessing {
                slot.foreignUntil = SystemTime.monotonic() + Self.foreignPause
            }
            return slot
        }
        costs.load(record)
        engine = opened
        if opened.canSave, record.ability == nil { await probe() }
        return engine ?? opened
    }

    /// Whether it was started with a directory for states: an impossible name is then what it minds.
    private func canSaveStates(_ status: [LlamaServer.SlotStatus]) async -> Bool {
        guard let first = status.first(where: { !$0.isProcessing }) ?? status.first else { return false }
        do {
            _ = try await server.save(slot: first.id, to: "")
            return true
        } catch {
            return (error as? LlamaServer.Refusal)?.status == 400
        }
    }

    private func knownRecord(of identity: EngineIdentity) async -> EngineRecord {
        let digest = identity.fingerprint.digest
        let known = await work.run { [store] in try? store.engine(digest) }
        return known ?? EngineRecord(fingerprint: digest, model: identity.model, components: identity.fingerprint)
    }

    /// What an earlier LocalCode left in the slots of an engine that still runs, where a slot holds as many tokens as then.
    private func residents(
        of identity: EngineIdentity, _ status: [LlamaServer.SlotStatus]
    ) async -> [Int: SlotContent] {
        guard let run = identity.run, case .attached = source else { return [:] }
        let records = await work.run { [store] in (try? store.residents(run: run)) ?? [] }
        var contents: [Int: SlotContent] = [:]
        for record in records {
            guard status.contains(where: { $0.id == record.slot && $0.tokens == record.tokens }) else { continue }
            contents[record.slot] = SlotContent(
                boundaries: record.boundaries, requestCount: record.requestCount, tokens: record.tokens,
                isStored: false, isReusable: true, session: record.session, used: SystemTime.monotonic(),
                model: record.model,
                title: record.title, storedEntry: nil)
        }
        return contents
    }
}

extension SlotPool {
    /// Tries once what restoring is good for on this engine: builds that lose checkpoints, and models whose state cannot be
    /// cut, take a state and read the prompt again all the same. Uses a slot that holds nothing.
    func probe() async {
        guard let slot = await emptySlot() else { return }
        take(slot, for: .upkeep)
        defer { release(slot) }
        do {
            let text = (1...24).map { "\($0) bottles" }.joined(separator: ", ")
            let words = try await server.tokens(of: text)
            guard words.count >= 24 else { return }
            let evaluation = try await server.evaluate(words, slot: slot)
            costs.observe(prefill: evaluation.read, seconds: evaluation.milliseconds / 1000)
            let (ability, reason) = try await restoreAbility(words, slot)
            engine?.record.ability = ability
            engine?.record.reason = reason
            engine?.record.probed = SystemTime.wall()
            if ability == .none {
                note(.init(text: "restoring does not help this engine and is not done: \(reason)", isWarning: true))
            }
            remember()
        } catch {
            note(.init(text: "cannot try what restoring is good for: \(error)", isWarning: true))
        }
        try? await server.erase(slot: slot)
    }

    private func emptySlot() async -> Int? {
        guard let status = try? await server.slots() else { return nil }
        return status.first { slot in
            !slot.isProcessing && (slot.tokens ?? 0) == 0
                && slots.contains { $0.id == slot.id && $0.use == nil && $0.content == nil }
        }?.id
    }

    private func restoreAbility(_ words: [Int], _ slot: Int) async throws -> (EngineRecord.Ability, String) {
        let ticket = try await work.run { [exchange] in try exchange.beginSave() }
        defer { work.post { [exchange] in exchange.abandon(ticket) } }
        let saved = try await server.save(slot: slot, to: ticket.name)
        costs.observe(save: saved.bytes, tokens: saved.tokens, seconds: saved.seconds)
        guard saved.tokens > 0 else { return (.none, "a slot that holds \(words.count) tokens was saved as empty") }
        let half = words.count / 2
        let tail = Array(words[..<6])
        let restored = try await server.restore(slot: slot, from: ticket.name)
        costs.observe(restore: restored.bytes, seconds: restored.seconds)
        let longer = try await server.evaluate(words + tail, slot: slot)
        guard longer.cached >= words.count - 8 else {
            return (.none, "\(longer.cached) of \(words.count) restored tokens were used")
        }
        try await server.erase(slot: slot)
        _ = try await server.restore(slot: slot, from: ticket.name)
        let other = try await server.evaluate(Array(words[..<half]) + tail, slot: slot)
        return other.cached >= half - 8
            ? (.prefix, "a restored state was used, and its beginning alone as well")
            : (.checkpoints, "a restored state was used as a whole, of its beginning \(other.cached) of \(half) tokens")
    }

    /// Keeps what was found out and measured.
    func remember() {
        guard var record = engine?.record else { return }
        costs.store(in: &record)
        engine?.record = record
        work.post { [store, record] in try? store.update(record) }
    }
}

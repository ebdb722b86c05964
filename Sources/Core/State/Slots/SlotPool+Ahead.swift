extension SlotPool {
    /// Restores the base that the next new conversation probably begins with into a slot that nobody misses: an empty one,
    /// one with what nobody comes back to, or one whose content is in the store and was not used for a while. Nothing is
    /// saved or lost for it, and it is not done while somebody waits.
    /// - Returns: the base; nil when no slot is free for it, none is likely enough, or a slot has it already.
    @discardableResult public func restoreAhead() async -> StateEntry? {
        guard let fingerprint = try? await open().identity.fingerprint.digest, canRestore else { return nil }
        await finishCommits()
        let found = await work.run { [store] () -> (expected: ExpectedBase, entry: StateEntry)? in
            guard let expected = try? Retention.expectedBase(store.bases(of: fingerprint), now: SystemTime.wall()),
                let entry = try? store.entry(expected.base.id)
            else { return nil }
            return (expected, entry)
        }
        guard let (expected, entry) = found, queue.isEmpty, !hasBase(entry), let slot = slotForBase() else {
            return nil
        }
        noteDeparture(from: slot)
        take(slot, for: .upkeep)
        defer {
            release(slot)
            pump()
        }
        setContent(nil, of: slot)
        guard let restored = await restore(entry.id, into: slot) else { return nil }
        setContent(
            SlotContent(
                boundaries: restored.boundaries, requestCount: restored.boundaries.count, tokens: restored.tokens,
                isStored: true, isReusable: false, session: nil, used: SystemTime.monotonic(), model: restored.model,
                title: restored.title, storedEntry: restored.id), of: slot)
        let project = expected.base.project.map { " of \($0)" } ?? ""
        note(
            .init(
                text: "slot \(slot) is ready for a new conversation\(project): \(expected.recent) began so in the last "
                    + "week, \(expected.atThisTime) of them at about this time", isWarning: false))
        return restored
    }

    /// The base in the store that a slot holds and nothing else.
    func baseAhead(in slot: Int) -> Int64? {
        guard let content = slots.first(where: { $0.id == slot })?.content, content.boundaries.count == 1 else {
            return nil
        }
        return content.storedEntry
    }

    private func hasBase(_ entry: StateEntry) -> Bool {
        slots.contains { $0.content?.boundaries.count == 1 && $0.content?.boundaries.first?.digest == entry.key }
    }

    private func slotForBase() -> Int? {
        let now = SystemTime.monotonic()
        let free = usableSlots.filter { slot in
            guard slot.id != infillLane?.slot, let content = slot.content else { return slot.id != infillLane?.slot }
            return !content.isReusable || (content.isStored && now - content.used > Self.untilUnmissed)
        }
        return free.min { ($0.content?.used ?? 0) < ($1.content?.used ?? 0) }?.id
    }

    /// Seconds without a request after which a conversation that is in the store may lose its slot to a guess.
    private static let untilUnmissed = 900.0
}

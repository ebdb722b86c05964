extension SlotPool {
    func saveWhenIdle(_ slot: Int) {
        guard let at = slots.first(where: { $0.id == slot }), at.use == nil, at.content?.isStored == false else {
            return
        }
        let version = at.version
        let pause = settings.saveIdle
        idleTasks[slot]?.cancel()
        idleTasks[slot] = Task {
            do { try await Task.sleep(for: pause) } catch { return }
            self.saveIdle(slot, version: version)
        }
    }

    /// While somebody else keeps a slot busy that is waited for, the engine is asked from time to time.
    func watchForeigners() {
        guard watch == nil, !queue.isEmpty, slots.contains(where: \.isForeignBusy) else { return }
        watch = Task {
            try? await Task.sleep(for: .milliseconds(100))
            await self.look()
            self.watch = nil
            self.pump()
        }
    }

    /// Stops what runs by itself.
    func stopTimers() {
        for task in idleTasks.values { task.cancel() }
        idleTasks = [:]
        watch?.cancel()
        laneTimer?.cancel()
    }

    /// Saves what was idle for long enough: unless somebody has used it since, or it is in the store, or it is not worth it.
    func saveIdle(_ slot: Int, version: Int) {
        idleTasks[slot] = nil
        guard let at = slots.first(where: { $0.id == slot }), at.version == version, at.use == nil else { return }
        // A task of its own: whoever stops the timer does not stop a save that has begun.
        Task {
            await self.saveNow(slot)
            if settings.restoresAhead { await self.restoreAhead() }
        }
    }

    /// Saves a slot's content while nobody can have the slot.
    /// - Returns: the state in the store; nil when there was nothing to save or it failed.
    @discardableResult func saveNow(
        _ slot: Int, kind: StateKind = .conversation, name: String? = nil
    ) async -> StateEntry? {
        guard let at = slots.first(where: { $0.id == slot }), at.use == nil, let content = at.content,
            isDue(content, kind)
        else { return nil }
        take(slot, for: .upkeep)
        let entry = await save(slot, kind: kind, name: name)?.value
        if let entry { noteStored(entry, in: slot) }
        release(slot)
        remember()
        pump()
        return entry
    }

    private func isDue(_ content: SlotContent, _ kind: StateKind) -> Bool {
        kind == .named || (!content.isStored && isWorthSaving(content))
    }

    /// Saves all that is worth it: the engine or LocalCode is about to end. Returns when it is on the disk.
    public func saveAll() async {
        stopTimers()
        guard engine != nil else { return }
        let deadline = SystemTime.monotonic() + Self.patienceWithRequests
        for slot in slots.map(\.id) { await whenIdle(slot, deadline) }
        await look()
        for slot in slots.map(\.id) {
            // A save may have begun while the engine was looked at.
            await whenIdle(slot, deadline)
            guard slots.contains(where: { $0.id == slot && $0.use == nil }) else { continue }
            await saveNow(slot)
            noteDeparture(from: slot)
        }
        for slot in slots where slot.use != nil && slot.content?.isStored == false {
            note(
                .init(
                    text: "what slot \(slot.id) holds is not saved: the engine is still busy with it", isWarning: true))
        }
        await finishCommits()
        remember()
        await work.run {}
    }

    /// How long saving at the end waits for requests that were cut off, seconds.
    private static let patienceWithRequests = 15.0

    /// Waits until nobody has the slot. What is being saved has to come to its end, or its file goes with the exchange; requests
    /// are waited for until the deadline: an engine that reads a prompt notices late that nobody listens any more.
    private func whenIdle(_ slot: Int, _ deadline: Double) async {
        while let use = slots.first(where: { $0.id == slot })?.use {
            if case .request = use, SystemTime.monotonic() >= deadline { return }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    /// The engine has ended or is about to: sends away who waits, and everybody who comes.
    public func end() {
        isEnded = true
        stopTimers()
        let gone = waiting
        waiting = [:]
        for (id, waits) in gone {
            queue.remove(id)
            waits.continuation.resume(throwing: Ended())
        }
    }

    /// Closes what the pool uses; nothing may be acquired behind it.
    public func close() async {
        stopTimers()
        await work.run { [exchange] in exchange.close() }
    }
}

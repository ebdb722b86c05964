extension Fleet {
    /// Starts a model's engine.
    func beginLoad(_ name: String) {
        guard let index = index(of: name), hosted[index].phase == .unloaded else { return }
        hosted[index].phase = .loading
        hosted[index].since = SystemTime.monotonic()
        hosted[index].wantsRestart = false
        hosted[index].isStale = false
        let (entry, scales) = (hosted[index].entry, hosted[index].adapterScales)
        note(Note(text: "\(name) is being loaded", isWarning: false))
        hosted[index].task = Task {
            do {
                let engine = try await self.launcher.start(entry, adapterScales: scales)
                self.isReady(name, engine, entry)
            } catch {
                self.didNotStart(name, error, wasCancelled: Task.isCancelled)
            }
        }
    }

    private func isReady(_ name: String, _ engine: RunningEngine, _ entry: ModelEntry) {
        guard let index = index(of: name) else { return }
        let now = SystemTime.monotonic()
        hosted[index].phase = .ready
        hosted[index].engine = engine
        hosted[index].generation += 1
        hosted[index].active = 0
        hosted[index].idleSince = now
        hosted[index].isFresh = true
        hosted[index].failure = nil
        hosted[index].lastGood = entry
        hosted[index].loadSeconds = now - hosted[index].since
        hosted[index].loadSecondsInAll += hosted[index].loadSeconds
        hosted[index].loads += 1
        hosted[index].task = nil
        measure(index)
        note(
            Note(
                text: "\(name) is ready after \(CacheReceipt.decimal(hosted[index].loadSeconds, 1)) s",
                isWarning: false))
        let generation = hosted[index].generation
        Task {
            guard let ending = await engine.run?.ending() else { return }
            await self.ended(name, generation, ending)
        }
        reconsider()
    }

    private func didNotStart(_ name: String, _ error: any Error, wasCancelled: Bool) {
        guard let index = index(of: name) else { return }
        hosted[index].phase = .unloaded
        hosted[index].task = nil
        guard !wasCancelled else { return }
        let now = SystemTime.monotonic()
        let failure = error as? EngineFailure
        let sentence = failure?.message ?? "\(error)"
        hosted[index].failures = hosted[index].failures.suffix(15) + [now]
        hosted[index].notBefore = now + (restartDelay(index, now) ?? Self.rest)
        hosted[index].failure = Self.withReason(sentence, failure?.lastLines ?? [])
        tell("\(name) cannot be loaded: \(sentence)", name, failure?.lastLines ?? [])
        fail(index, Self.unavailable(name, hosted[index].failure ?? sentence, until: hosted[index].notBefore))
        takeSteeringBack(index)
        reconsider()
    }

    /// A set of vectors that an engine does not start with must not cost the model.
    private func takeSteeringBack(_ index: Int) {
        guard let good = hosted[index].lastGood, good != hosted[index].entry else { return }
        hosted[index].entry = good
        hosted[index].failure = nil
        hosted[index].notBefore = 0
        note(Note(text: "\(good.name) goes back to the control vectors it had", isWarning: true))
    }

    /// Says what happened to an engine, with those of its last lines that say most.
    private func tell(_ text: String, _ name: String, _ lines: [String]) {
        note(Note(text: lines.isEmpty ? text : "\(text); see \(launcher.logFile(name))", isWarning: true))
        for line in Self.tellingLines(lines) { note(Note(text: "    \(line)", isWarning: true)) }
    }

    private static func withReason(_ sentence: String, _ lines: [String]) -> String {
        tellingLines(lines).last.map { "\(sentence): \($0)" } ?? sentence
    }

    /// An engine ended by itself, or was ended because it hung.
    private func ended(_ name: String, _ generation: Int, _ ending: EngineEnding) async {
        guard let index = index(of: name), hosted[index].generation == generation, hosted[index].phase == .ready,
            let engine = hosted[index].engine
        else { return }
        let now = SystemTime.monotonic()
        hosted[index].phase = .unloaded
        hosted[index].engine = nil
        hosted[index].generation += 1
        hosted[index].active = 0
        hosted[index].lastEnding = ending.summary
        hosted[index].failures = hosted[index].failures.suffix(15) + [now]
        hosted[index].restarts += 1
        if let delay = restartDelay(index, now) {
            // Who asks in the meantime waits.
            hosted[index].notBefore = now + delay
            hosted[index].wantsRestart = true
            tell("\(name) is started again: \(ending.summary)", name, ending.lastLines)
        } else {
            hosted[index].notBefore = now + Self.rest
            hosted[index].failure = Self.withReason("it ended too often; \(ending.summary)", ending.lastLines)
            tell("\(name) ended too often and is left alone for a while: \(ending.summary)", name, ending.lastLines)
            fail(index, Self.unavailable(name, hosted[index].failure ?? "", until: hosted[index].notBefore))
        }
        await engine.slots?.end()
        reconsider()
        await engine.slots?.close()
    }

    /// After the last attempt: requests are refused for so long, then the next one tries again.
    static let rest = 30.0

    private func restartDelay(_ index: Int, _ now: Double) -> Double? {
        RestartPolicy().delay(failures: hosted[index].failures, now: now)
    }

    /// Saves an engine's states and ends it.
    func beginUnload(_ name: String) {
        guard let index = index(of: name), hosted[index].phase == .ready, let engine = hosted[index].engine else {
            return
        }
        let wasStale = hosted[index].isStale
        measure(index)
        hosted[index].phase = .stopping
        hosted[index].since = SystemTime.monotonic()
        hosted[index].generation += 1
        hosted[index].task = Task {
            await engine.finish()
            self.isUnloaded(name, restarts: wasStale)
        }
    }

    private func isUnloaded(_ name: String, restarts: Bool) {
        guard let index = index(of: name) else { return }
        hosted[index].phase = .unloaded
        hosted[index].engine = nil
        hosted[index].task = nil
        hosted[index].unloads += 1
        hosted[index].wantsRestart = restarts
        note(
            Note(
                text:
                    "\(name) is unloaded after \(CacheReceipt.decimal(SystemTime.monotonic() - hosted[index].since, 1)) s",
                isWarning: false))
        reconsider()
    }
}

extension Fleet {
    /// Starts a model's engine.
    func beginLoad(_ name: String) {
        guard let index = index(of: name), hosted[index].phase == .unloaded else { return }
        hosted[index].phase = .loading
        hosted[index].since = SystemTime.monotonic()
        hosted[index].wantsRestart = false
        hosted[index].isStale = false
        let entry = hosted[index].entry
        note(Note(text: "\(name) is being loaded", isWarning: false))
        hosted[index].task = Task {
            do {
                let engine = try await self.launcher.start(entry)
                self.isReady(name, engine)
            } catch {
                self.didNotStart(name, error, wasCancelled: Task.isCancelled)
            }
        }
    }

    private func isReady(_ name: String, _ engine: RunningEngine) {
        guard let index = index(of: name) else { return }
        let now = SystemTime.monotonic()
        hosted[index].phase = .ready
        hosted[index].engine = engine
        hosted[index].generation += 1
        hosted[index].active = 0
        hosted[index].idleSince = now
        hosted[index].isFresh = true
        hosted[index].failure = nil
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
        let sentence = (error as? EngineFailure)?.message ?? "\(error)"
        hosted[index].failure = sentence
        hosted[index].failures = hosted[index].failures.suffix(15) + [now]
        hosted[index].notBefore = now + (restartDelay(index, now) ?? Self.rest)
        note(Note(text: "\(name) cannot be loaded: \(error)", isWarning: true))
        fail(index, Self.unavailable(name, sentence))
        reconsider()
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
        hosted[index].failure = ending.summary
        hosted[index].failures = hosted[index].failures.suffix(15) + [now]
        hosted[index].restarts += 1
        if let delay = restartDelay(index, now) {
            hosted[index].notBefore = now + delay
            hosted[index].wantsRestart = true
            // Who asks in the meantime waits.
            hosted[index].failure = nil
            note(Note(text: "\(name) is started again: \(ending)", isWarning: true))
        } else {
            hosted[index].notBefore = now + Self.rest
            note(Note(text: "\(name) ended too often and is left alone for a while: \(ending)", isWarning: true))
            fail(index, Self.unavailable(name, ending.summary))
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

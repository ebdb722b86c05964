import LocalCodeCore

extension ServeRun {
    /// The store of KV states; nil where none is wanted, or it cannot be used, which costs prefill and nothing else.
    func openStore() throws -> StateStore? {
        guard invocation.isOn("cache") else { return nil }
        do {
            return try StateStore.open(directory: invocation.cacheDirectory, limits: invocation.stateLimits) {
                warning in
                try? say("warning: \(warning)")
            }
        } catch {
            try say("warning: KV states are not kept: \(error)")
            return nil
        }
    }

    /// The cache of whole answers, if one is wanted.
    func openAnswers() throws -> AnswerCache? {
        guard let bytes = invocation.bytes("answer-cache"), bytes > 0 else { return nil }
        do {
            return try AnswerCache(
                directory: invocation.cacheDirectory + "/answers", bytes: bytes, entries: 10_000, timeToLive: 86_400
            ) { SystemTime.wall() }
        } catch {
            try say("warning: answers are not kept: \(error)")
            return nil
        }
    }

    /// Where an engine that somebody else started writes states.
    func exchange(_ store: StateStore, for server: LlamaServer) throws -> StateExchange? {
        do {
            if let directory = invocation["slot-dir"] { return try store.exchange(directory: directory) }
            let engine = SHA256.digest(Array((server.address.unixSocket ?? server.address.url).utf8))
            return try store.ring(size: Self.ringSize, engine: engine)
        } catch {
            try say("warning: KV states are not kept: \(error)")
            return nil
        }
    }

    /// Files in an engine's directory that we cannot see.
    private static let ringSize = 16

    /// How slots work.
    var slotSettings: SlotPool.Settings {
        var settings = SlotPool.Settings(
            saveIdle: invocation.duration("save-idle") ?? .seconds(30),
            lanes: LaneShares(limits: invocation.routing.lanes),
            restoresAhead: invocation.routing.restoresAhead)
        settings.quotesTitles = invocation["log-content"] != LogContent.none.rawValue
        return settings
    }
}

extension RequestLog {
    /// Logs what happened to a state; a warning also where the log of requests is off.
    func note(_ note: SlotPool.Note) {
        if isOn { write(.state(note.text)) } else if note.isWarning { say("localcode: state: \(note.text)") }
    }

    /// Logs what happened to an engine; a warning also where the log of requests is off.
    func note(_ note: Fleet.Note) {
        if isOn { write(.engine(note.text)) } else if note.isWarning { say("localcode: engine: \(note.text)") }
    }
}
